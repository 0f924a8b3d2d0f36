/**
 * Finding records again: ranges of source offsets as people say them, single records, and topics up to where they end now.
 * Reads only, and belongs to no consumer group.
 */
package io.patchstream.stream.lookup;
