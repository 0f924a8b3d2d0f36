package io.patchstream.stream.ledger;

import java.util.Comparator;

/**
 * One thing that is wrong with one source offset.
 *
 * @param offset the source record
 * @param picture which of its pictures, from 0; 0 too where the record as a whole is meant
 * @param kind what is wrong
 */
public record Finding(long offset, int picture, Kind kind) implements Comparable<Finding> {
    private static final Comparator<Finding> ORDER = Comparator.comparingLong(Finding::offset)
            .thenComparingInt(Finding::picture)
            .thenComparing(Finding::kind);

    /** What can be wrong: with answers, and with what follows from labels beside them. */
    public enum Kind {
        NO_ANSWER("lacks an answer", false),
        NO_LABEL("lacks the label of picture %d", false),
        NO_EMBEDDING("lacks the embedding of picture %d", false),
        TWO_LABELS("has two labels for picture %d", true),
        TWO_EMBEDDINGS("has two embeddings for picture %d", true),
        TWO_DEAD_LETTERS("has two dead letters", true),
        LABEL_AND_DEAD_LETTER("has both a label and a dead letter", true),
        TWO_DROPS("was left out twice", true),
        DROP_AND_ANSWER("was left out and has an answer", true),
        WRONG_NUMBER("has an answer for picture %d, which no record can hold", true),
        UNCERTAIN_WITHOUT_LABEL("has picture %d among the uncertain ones, and no label for it", true),
        TWO_UNCERTAIN("has picture %d among the uncertain ones twice", true),
        ALARM_WITHOUT_LABEL("has picture %d in an alarm, and no label for it", true),
        TWO_ALARMS("has the same alarm twice, by picture %d", true),
        NO_ALARM("lacks an alarm, which picture %d decides by the rules as they are now", false),
        UNFOUNDED_ALARM("has an alarm by picture %d, which the rules as they are now do not give", true);

        private final String says;
        private final boolean tooMuch;

        Kind(String says, boolean tooMuch) {
            this.says = says;
            this.tooMuch = tooMuch;
        }

        /** Whether there is an answer too many, and not one too few. */
        public boolean isTooMuch() {
            return tooMuch;
        }
    }

    @Override
    public int compareTo(Finding other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "offset " + offset + " " + kind.says.formatted(picture);
    }
}
