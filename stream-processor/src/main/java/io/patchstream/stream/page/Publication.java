package io.patchstream.stream.page;

import java.util.Optional;

/**
 * A label that was read again after its transaction was committed.
 *
 * @param camera whose picture it is
 * @param latencyMicros from capture to being read
 * @param right whether the label names what is shown, where that is known
 */
record Publication(String camera, long latencyMicros, Optional<Boolean> right) implements Happening {}
