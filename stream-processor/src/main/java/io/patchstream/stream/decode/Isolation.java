package io.patchstream.stream.decode;

import java.time.Duration;

/**
 * How decoders' processes are kept.
 *
 * @param memoryBytes what one may take, Java's heap and native memory together
 * @param patience how long it may be silent over one picture, or over starting
 */
public record Isolation(long memoryBytes, Duration patience) {
    public Isolation {
        if (memoryBytes < 1L << 30 || patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("memoryBytes is " + memoryBytes + " and patience is " + patience
                    + "; the first must be 1 GiB or more, the second above zero");
        }
    }
}
