package io.patchstream.stream.ledger;

/**
 * What became of a range of source records.
 *
 * @param records frame records
 * @param labelled pictures that the model saw
 * @param reused pictures with the label of an earlier one
 * @param deadLettered pictures of records that became dead letters; one for a record that could not be read
 */
public record Tally(long records, long labelled, long reused, long deadLettered) {
    /** Nothing. */
    static final Tally NONE = new Tally(0, 0, 0, 0);

    Tally plus(Tally other) {
        return new Tally(
                records + other.records,
                labelled + other.labelled,
                reused + other.reused,
                deadLettered + other.deadLettered);
    }

    /** Answers that were given. */
    public long pictures() {
        return labelled + reused + deadLettered;
    }
}
