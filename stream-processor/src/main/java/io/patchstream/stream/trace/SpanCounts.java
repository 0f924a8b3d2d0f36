package io.patchstream.stream.trace;

/**
 * What has become of spans that were to be sent.
 *
 * @param made how many ended
 * @param delivered how many a collector took
 * @param failed how many it did not take; the rest waits, or fell out of a full queue
 */
public record SpanCounts(long made, long delivered, long failed) {
    /** Neither taken nor refused: they wait, or fell out of a full queue. */
    public long outstanding() {
        return made - delivered - failed;
    }
}
