package io.patchstream.stream.ledger;

import io.patchstream.stream.lookup.SourceRange;
import java.util.List;

/**
 * How one source partition stands.
 *
 * @param range what was looked at
 * @param due the offset up to which every record is due an answer; from there to the range's end records are in flight
 * @param tally what became of the records below {@code due}
 * @param balancedTally what became of those below {@code balancedTo}
 * @param balancedTo the offset of the first finding, or {@code due}
 * @param answeredEarly records in flight that were answered by the time their topic was read
 * @param expired answers whose source record is gone
 * @param expiredAnswers records whose answers are gone, as far as can be told
 * @param uncertain pictures below {@code due} that were found uncertain, beside their labels
 * @param alarms alarms that pictures below {@code due} decided, beside their labels
 * @param findingCount how many things are wrong
 * @param findings what is wrong, by offset; not more than a certain number
 * @param memoryBytes what the books took
 */
public record PartitionBalance(
        SourceRange range,
        long due,
        Tally tally,
        Tally balancedTally,
        long balancedTo,
        long answeredEarly,
        long expired,
        long expiredAnswers,
        long uncertain,
        long alarms,
        long findingCount,
        List<Finding> findings,
        long memoryBytes) {

    public PartitionBalance {
        findings = List.copyOf(findings);
    }

    /** Whether each record that is due has exactly one answer, and none has two. */
    public boolean isBalanced() {
        return findingCount == 0;
    }

    /** Offsets from {@code due} on: read or not, their answers are not yet committed. */
    public long inFlight() {
        return range.end() - due;
    }
}
