package io.patchstream.stream.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.demo.FrameBooks.Totals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class FrameBooksTest {
    private final FrameBooks books = new FrameBooks();

    @Test
    void shouldBalanceWhenEachPictureHasOneAnswer() {
        books.sent("a", 0, 5);
        books.sent("b", 0, 1);
        for (int i = 0; i < 5; i++) {
            assertThat(books.labelled("a", i, false)).isTrue();
        }
        books.labelled("b", 0, true);

        assertThat(books.totals()).isEqualTo(new Totals(6, 5, 1, 0, 0, 0, 0, 0, 0));
        assertThat(books.totals().balanced()).isTrue();
    }

    @Test
    void shouldFindALostPicture() {
        books.sent("a", 0, 3);
        books.labelled("a", 0, false);
        books.labelled("a", 2, false);

        assertThat(books.open()).isEqualTo(1);
        assertThat(books.totals().unaccounted()).isEqualTo(1);
        assertThat(books.totals().balanced()).isFalse();
    }

    @Test
    void shouldFindADuplicateHoweverLate() {
        books.sent("a", 0, 1000);
        for (int i = 0; i < 1000; i++) {
            books.labelled("a", i, false);
        }

        assertThat(books.labelled("a", 3, false)).isFalse();
        assertThat(books.labelled("a", 999, false)).isFalse();

        assertThat(books.totals().duplicated()).isEqualTo(2);
        assertThat(books.totals().labelled()).isEqualTo(1000);
        assertThat(books.totals().balanced()).isFalse();
    }

    @Test
    void shouldFindAnAnswerToAPictureThatWasNeverSent() {
        books.sent("a", 0, 1);
        books.labelled("a", 0, false);

        books.labelled("a", 1, false);
        books.labelled("b", 0, false);

        assertThat(books.totals().strangers()).isEqualTo(2);
        assertThat(books.totals().balanced()).isFalse();
    }

    @Test
    void shouldExpectEachBrokenRecordAsADeadLetterUntouched() {
        books.sentBroken(new byte[] {1, 2});
        books.sentBroken(new byte[] {3});
        assertThat(books.open()).isEqualTo(2);

        assertThat(books.deadLetteredBroken(new byte[] {1, 2})).isTrue();
        assertThat(books.deadLetteredBroken(new byte[] {3})).isTrue();
        assertThat(books.deadLetteredBroken(new byte[] {3, 0})).isFalse();

        assertThat(books.totals()).isEqualTo(new Totals(2, 0, 0, 2, 0, 0, 0, 2, 2));
        assertThat(books.totals().balanced()).isTrue();
    }

    @Test
    void shouldFindABrokenRecordThatIsDeadLetteredTwice() {
        books.sentBroken(new byte[] {1});
        books.deadLetteredBroken(new byte[] {1});
        books.deadLetteredBroken(new byte[] {1});

        assertThat(books.totals().duplicated()).isEqualTo(1);
        assertThat(books.totals().balanced()).isFalse();
    }

    @Test
    void shouldNotBalanceWhenAHealthyFrameIsDeadLettered() {
        books.sent("a", 0, 3);
        books.deadLettered("a", 0, 3);

        assertThat(books.totals().deadLettered()).isEqualTo(3);
        assertThat(books.totals().unaccounted()).isZero();
        assertThat(books.totals().balanced()).isFalse();
    }

    @Test
    void shouldFindAPictureThatIsLabelledAndDeadLettered() {
        books.sent("a", 0, 1);
        books.labelled("a", 0, false);
        books.deadLettered("a", 0, 1);

        assertThat(books.totals().duplicated()).isEqualTo(1);
    }

    @Test
    void shouldRefuseAGapInACamerasNumbers() {
        books.sent("a", 0, 2);

        assertThatThrownBy(() -> books.sent("a", 3, 1)).hasMessageContaining("2 was expected");
    }

    @Property(tries = 200)
    void shouldCountTheSameInAnyOrder(@ForAll @IntRange(min = 1, max = 700) int pictures, @ForAll long seed) {
        FrameBooks any = new FrameBooks();
        any.sent("a", 0, pictures);
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            answers.add(i);
        }
        Random random = new Random(seed);
        int lost = answers.remove(random.nextInt(answers.size()));
        int doubled = random.nextInt(pictures);
        answers.add(doubled);
        Collections.shuffle(answers, random);

        answers.forEach(i -> any.labelled("a", i, false));

        assertThat(any.totals().unaccounted()).isEqualTo(doubled == lost ? 0 : 1);
        assertThat(any.totals().duplicated()).isEqualTo(doubled == lost ? 0 : 1);
    }
}
