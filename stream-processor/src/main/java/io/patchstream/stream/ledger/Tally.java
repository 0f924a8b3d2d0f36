package io.patchstream.stream.ledger;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of a range of source records.
 *
 * @param records frame records
 * @param labelled pictures that the model saw
 * @param reused pictures with the label of an earlier one
 * @param dropped pictures left out on purpose, by the reason
 * @param deadLettered pictures of records that became dead letters; one for a record that could not be read
 */
public record Tally(long records, long labelled, long reused, SortedMap<String, Long> dropped, long deadLettered) {
    /** Nothing. */
    static final Tally NONE = ofRecords(0);

    public Tally {
        dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
    }

    /** Records of which nothing else is known. */
    static Tally ofRecords(long records) {
        return new Tally(records, 0, 0, new TreeMap<>(), 0);
    }

    Tally plus(Tally other) {
        SortedMap<String, Long> drops = new TreeMap<>(dropped);
        other.dropped.forEach((reason, pictures) -> drops.merge(reason, pictures, Long::sum));
        return new Tally(
                records + other.records,
                labelled + other.labelled,
                reused + other.reused,
                drops,
                deadLettered + other.deadLettered);
    }

    /** Answers that were given. */
    public long pictures() {
        return labelled + reused + allDropped() + deadLettered;
    }

    /** Pictures left out, for whatever reason. */
    public long allDropped() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }
}
