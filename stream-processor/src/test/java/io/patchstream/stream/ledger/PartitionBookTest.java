package io.patchstream.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.ledger.Finding.Kind;
import io.patchstream.stream.lookup.SourceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionBookTest {
    private static final TopicPartition FRAMES = new TopicPartition("frames", 3);

    private final List<Long> asked = new ArrayList<>();

    private static PartitionBook book(long beginning, long first, long end) {
        return new PartitionBook(new SourceRange(FRAMES, beginning, first, end));
    }

    private static void answer(PartitionBook book, long offset, int pictures) {
        for (int picture = 0; picture < pictures; picture++) {
            book.label(offset, picture, false);
            book.embedding(offset, picture);
        }
    }

    /** A source whose every offset is a record. */
    private PartitionBalance settle(PartitionBook book, long committed, boolean trimmed) {
        book.settle(committed, trimmed, (first, end, each) -> {
            for (long offset = first; offset < end; offset++) {
                asked.add(offset);
                each.accept(offset);
            }
        });
        return book.balance();
    }

    private static Tally tally(long records, long labelled, long reused, long deadLettered) {
        return new Tally(records, labelled, reused, new TreeMap<>(), deadLettered);
    }

    @Test
    void shouldCountWhatWasLeftOutByReasonWithAllItsPictures() {
        PartitionBook book = book(0, 0, 5);
        answer(book, 0, 1);
        book.drop(1, 1, "LATE");
        book.drop(2, 30, "BACKLOG");
        book.drop(3, 1, "LATE");

        PartitionBalance balance = settle(book, 4, false);

        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.tally().dropped()).isEqualTo(Map.of("LATE", 2L, "BACKLOG", 30L));
        assertThat(balance.tally().pictures()).isEqualTo(33);
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldFindWhatWasLeftOutTwiceOrAnsweredAsWell() {
        PartitionBook book = book(0, 0, 4);
        book.drop(0, 1, "LATE");
        book.drop(0, 1, "BACKLOG");
        book.drop(1, 1, "LATE");
        answer(book, 1, 1);
        book.drop(2, 1, "LATE");
        book.deadLetter(2, 1);
        answer(book, 3, 1);

        assertThat(settle(book, 4, false).findings())
                .containsExactly(
                        new Finding(0, 0, Kind.TWO_DROPS),
                        new Finding(1, 0, Kind.DROP_AND_ANSWER),
                        new Finding(2, 0, Kind.DROP_AND_ANSWER));
    }

    @Test
    void shouldTakeUncertainPicturesAndAlarmsForNoAnswers() {
        PartitionBook book = book(0, 0, 5);
        for (long offset = 0; offset < 3; offset++) {
            answer(book, offset, 2);
            book.uncertain(offset, 1);
        }
        book.alarm("raised", 2, 1);
        book.alarm("another rule's", 2, 1);
        book.inAlarm(1, 0);
        book.inAlarm(2, 1);
        // In flight: their label may be committed after labels were read.
        book.uncertain(4, 0);
        book.alarm("later", 4, 0);
        book.inAlarm(4, 0);

        PartitionBalance balance = settle(book, 3, false);

        assertThat(balance.findings()).isEmpty();
        assertThat(balance.tally()).isEqualTo(tally(3, 6, 0, 0));
        assertThat(balance.uncertain()).isEqualTo(3);
        assertThat(balance.alarms()).isEqualTo(2);
    }

    @Test
    void shouldFindWhatFollowsFromNoLabelOrIsThereTwice() {
        PartitionBook book = book(0, 0, 6);
        answer(book, 0, 2);
        book.uncertain(0, 1);
        book.uncertain(0, 1);
        answer(book, 1, 1);
        book.alarm("raised", 1, 0);
        book.alarm("raised", 1, 0);
        answer(book, 2, 1);
        book.uncertain(2, 1);
        book.deadLetter(3, 1);
        book.inAlarm(3, 0);
        book.drop(4, 1, "LATE");
        book.uncertain(4, 0);

        PartitionBalance balance = settle(book, 5, false);

        assertThat(balance.findings())
                .containsExactly(
                        new Finding(0, 1, Kind.TWO_UNCERTAIN),
                        new Finding(1, 0, Kind.TWO_ALARMS),
                        new Finding(2, 1, Kind.UNCERTAIN_WITHOUT_LABEL),
                        new Finding(3, 0, Kind.ALARM_WITHOUT_LABEL),
                        new Finding(4, 0, Kind.UNCERTAIN_WITHOUT_LABEL));
        assertThat(balance.findings().get(2))
                .hasToString("offset 2 has picture 1 among the uncertain ones, and no label for it");
        assertThat(balance.tally().records()).isEqualTo(5);
    }

    @Test
    void shouldNameAlarmsThatAreMissingOrThereForNoReason() {
        PartitionBook book = bookOfAlarms();
        settle(book, 5, false);

        assertThat(book.compareAlarms(false)).isTrue();

        assertThat(book.balance().findings())
                .containsExactly(new Finding(1, 0, Kind.NO_ALARM), new Finding(4, 1, Kind.UNFOUNDED_ALARM));
        assertThat(book.balance().balancedTo()).isEqualTo(1);
    }

    @Test
    void shouldNotMissAlarmsThatMayHaveExpired() {
        PartitionBook book = bookOfAlarms();
        settle(book, 5, false);

        assertThat(book.compareAlarms(true)).isTrue();

        assertThat(book.balance().findings()).containsExactly(new Finding(4, 1, Kind.UNFOUNDED_ALARM));
    }

    @Test
    void shouldSayNothingOfAlarmsWhereLabelsHaveExpired() {
        PartitionBook book = book(0, 0, 4);
        answer(book, 2, 1);
        book.expectAlarm("missing", 2, 0);
        settle(book, 3, true);

        assertThat(book.compareAlarms(false)).isFalse();

        assertThat(book.balance().findings()).isEmpty();
    }

    /** One is missing, one right, one there for no reason, and one not due. */
    private static PartitionBook bookOfAlarms() {
        PartitionBook book = book(0, 0, 6);
        for (long offset = 0; offset < 5; offset++) {
            answer(book, offset, 2);
        }
        book.expectAlarm("missing", 1, 0);
        book.expectAlarm("right", 2, 1);
        book.alarm("right", 2, 1);
        book.alarm("unfounded", 4, 1);
        book.expectAlarm("later", 5, 0);
        return book;
    }

    @Test
    void shouldNotAskForALabelThatHasExpired() {
        PartitionBook book = book(0, 0, 4);
        book.uncertain(0, 0);
        book.inAlarm(1, 0);
        answer(book, 2, 1);
        book.uncertain(3, 0);
        book.deadLetter(3, 1);

        assertThat(settle(book, 4, true).findings()).containsExactly(new Finding(3, 0, Kind.UNCERTAIN_WITHOUT_LABEL));
    }

    @Test
    void shouldBalanceWhenEachRecordHasOneAnswer() {
        PartitionBook book = book(0, 0, 4);
        answer(book, 0, 1);
        answer(book, 1, 3);
        book.deadLetter(2, 1);
        book.label(3, 0, true);
        book.embedding(3, 0);
        PartitionBalance balance = settle(book, 4, false);
        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.tally()).isEqualTo(tally(4, 4, 1, 1));
        assertThat(balance.balancedTo()).isEqualTo(4);
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldNameTheOffsetsWithoutAnAnswerAndAskTheSourceForNoOther() {
        PartitionBook book = book(0, 0, 6);
        answer(book, 0, 1);
        answer(book, 3, 1);
        PartitionBalance balance = settle(book, 5, false);
        assertThat(balance.findings())
                .containsExactly(
                        new Finding(1, 0, Kind.NO_ANSWER),
                        new Finding(2, 0, Kind.NO_ANSWER),
                        new Finding(4, 0, Kind.NO_ANSWER));
        assertThat(asked).containsExactly(1L, 2L, 4L);
        assertThat(balance.tally().records()).isEqualTo(5);
        assertThat(balance.balancedTo()).isEqualTo(1);
        assertThat(balance.balancedTally()).isEqualTo(tally(1, 1, 0, 0));
    }

    @Test
    void shouldTakeTransactionMarkersForNoRecords() {
        PartitionBook book = book(0, 0, 3);
        answer(book, 0, 1);
        answer(book, 2, 1);
        book.settle(3, false, (first, end, each) -> asked.add(first));
        assertThat(book.balance().isBalanced()).isTrue();
        assertThat(book.balance().tally().records()).isEqualTo(2);
        assertThat(asked).containsExactly(1L);
    }

    @Test
    void shouldNameWhatIsThereTwice() {
        PartitionBook book = book(0, 0, 5);
        for (long offset = 0; offset < 4; offset++) {
            answer(book, offset, 1);
        }
        book.deadLetter(4, 1);
        book.label(1, 0, false);
        book.embedding(2, 0);
        book.deadLetter(3, 1);
        book.deadLetter(4, 1);
        PartitionBalance balance = settle(book, 5, false);
        assertThat(balance.findings())
                .containsExactly(
                        new Finding(1, 0, Kind.TWO_LABELS),
                        new Finding(2, 0, Kind.TWO_EMBEDDINGS),
                        new Finding(3, 0, Kind.LABEL_AND_DEAD_LETTER),
                        new Finding(4, 0, Kind.TWO_DEAD_LETTERS));
        assertThat(balance.findings().get(0)).hasToString("offset 1 has two labels for picture 0");
    }

    @Test
    void shouldNameThePictureThatASegmentLacks() {
        PartitionBook book = book(0, 0, 2);
        answer(book, 0, 4);
        for (int picture : new int[] {0, 1, 3}) {
            book.label(1, picture, false);
        }
        for (int picture : new int[] {0, 1, 2, 3, 4}) {
            book.embedding(1, picture);
        }
        assertThat(settle(book, 2, false).findings())
                .containsExactly(new Finding(1, 2, Kind.NO_LABEL), new Finding(1, 4, Kind.NO_LABEL));
    }

    @Test
    void shouldNameAMissingEmbeddingAndForgiveIt() {
        PartitionBook book = book(0, 0, 1);
        book.label(0, 0, false);
        assertThat(settle(book, 1, false).isBalanced()).isFalse();
        assertThat(book.lackingEmbeddings()).containsExactly(new Finding(0, 0, Kind.NO_EMBEDDING));
        book.withdraw(book.lackingEmbeddings().get(0));
        assertThat(book.balance().isBalanced()).isTrue();
        assertThat(book.balance().balancedTo()).isEqualTo(1);
    }

    @Test
    void shouldMissNothingThatIsInFlight() {
        PartitionBook book = book(0, 0, 10);
        answer(book, 0, 1);
        answer(book, 1, 1);
        // Answered after the group's offset was read; of picture 0 only the label was seen.
        book.label(2, 0, false);
        PartitionBalance balance = settle(book, 2, false);
        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.inFlight()).isEqualTo(8);
        assertThat(balance.answeredEarly()).isEqualTo(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldNotMissADoubleThatIsInFlight() {
        PartitionBook book = book(0, 0, 10);
        book.label(7, 0, false);
        book.label(7, 0, false);
        assertThat(settle(book, 0, false).findings()).containsExactly(new Finding(7, 0, Kind.TWO_LABELS));
    }

    @Test
    void shouldStateAnswersWhoseRecordIsGone() {
        PartitionBook book = book(5, 5, 6);
        answer(book, 4, 1);
        answer(book, 5, 1);
        PartitionBalance balance = settle(book, 6, false);
        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.expired()).isEqualTo(2);
        assertThat(balance.tally()).isEqualTo(tally(1, 1, 0, 0));
    }

    @Test
    void shouldNotHoldExpiredAnswersAgainstAnybodyButHolesInBetween() {
        PartitionBook book = book(0, 0, 5);
        answer(book, 2, 1);
        answer(book, 4, 1);
        PartitionBalance balance = settle(book, 5, true);
        assertThat(balance.expiredAnswers()).isEqualTo(2);
        assertThat(balance.findings()).containsExactly(new Finding(3, 0, Kind.NO_ANSWER));
    }

    @Test
    void shouldCountEachPictureOfADeadSegment() {
        PartitionBook book = book(0, 0, 2);
        book.deadLetter(0, 30);
        book.deadLetter(1, 1);
        assertThat(settle(book, 2, false).tally()).isEqualTo(tally(2, 0, 0, 31));
    }

    @Test
    void shouldLookAtNothingOutsideOfItsRange() {
        PartitionBook book = book(0, 2, 4);
        answer(book, 1, 1);
        answer(book, 2, 1);
        book.other(3);
        answer(book, 4, 1);
        PartitionBalance balance = settle(book, 10, false);
        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.tally()).isEqualTo(tally(1, 1, 0, 0));
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldRefuseNumbersThatNoPictureHas() {
        PartitionBook book = book(0, 0, 1);
        book.label(0, Integer.MAX_VALUE, false);
        assertThat(settle(book, 1, false).findings())
                .containsExactly(new Finding(0, Integer.MAX_VALUE, Kind.WRONG_NUMBER));
    }

    @Test
    void shouldTakeBitsAndNotObjects() {
        int records = 1_000_000;
        PartitionBook book = book(0, 0, records);
        for (long offset = 0; offset < records; offset++) {
            answer(book, offset, 1);
        }
        PartitionBalance balance = settle(book, records, false);
        assertThat(balance.isBalanced()).isTrue();
        assertThat(balance.memoryBytes()).isLessThan(records / 2);
    }

    @Test
    void shouldKeepSomeFindingsAndCountTheRest() {
        PartitionBook book = book(0, 0, 3 * PartitionBook.KEPT);
        PartitionBalance balance = settle(book, 3 * PartitionBook.KEPT, false);
        assertThat(balance.findings()).hasSize(PartitionBook.KEPT);
        assertThat(balance.findingCount()).isEqualTo(3L * PartitionBook.KEPT);
        assertThat(balance.balancedTo()).isZero();
    }
}
