package io.patchstream.stream.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Doubt;
import io.patchstream.schemas.DoubtKind;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoubtsTest {
    private static Classification answer(float... probabilities) {
        return told(null, null, probabilities);
    }

    private static Classification told(Integer setSize, Double beyond, float... probabilities) {
        List<LabelScore> topK = new ArrayList<>();
        for (float probability : probabilities) {
            topK.add(new LabelScore("label-" + topK.size(), topK.size(), probability));
        }
        AnswerLineage lineage = new AnswerLineage("m", "", "", "", "frames", 0, 0L, Origin.INFERRED, null);
        return new Classification(
                "frame",
                "door",
                0,
                0L,
                Instant.EPOCH,
                topK,
                lineage,
                Map.of(),
                setSize,
                beyond == null ? null : 7f,
                beyond);
    }

    @Test
    void shouldDoubtWhatIsBelowALimitAndNotWhatReachesIt() {
        Doubts doubts = new Doubts(0.5, 0.25, false, 0);

        assertThat(doubts.of(answer(0.5f, 0.25f))).isEmpty();
        assertThat(doubts.of(answer(0.375f, 0.0625f))).containsExactly(new Doubt(DoubtKind.PROBABILITY, 0.375f, 0.5));
        assertThat(doubts.of(answer(0.5f, 0.375f))).containsExactly(new Doubt(DoubtKind.MARGIN, 0.125f, 0.25));
        assertThat(doubts.of(answer(0.25f, 0.25f)))
                .extracting(Doubt::getKind)
                .containsExactly(DoubtKind.PROBABILITY, DoubtKind.MARGIN);
    }

    @Test
    void shouldAskForNothingWithALimitOfZero() {
        assertThat(new Doubts(0, 0, false, 0).of(told(3, 99.0, 0, 0))).isEmpty();
    }

    @Test
    void shouldTakeTheOnlyLabelForNoMargin() {
        assertThat(new Doubts(0, 1, false, 0).of(answer(0.1f))).isEmpty();
    }

    @Test
    void shouldDoubtSetsOfOtherThanOneLabel() {
        Doubts doubts = new Doubts(0, 0, true, 0);

        assertThat(doubts.of(told(1, 99.0, 0.5f))).isEmpty();
        assertThat(doubts.of(told(0, null, 0.5f))).containsExactly(new Doubt(DoubtKind.SET, 0f, 1.0));
        assertThat(doubts.of(told(3, null, 0.5f))).containsExactly(new Doubt(DoubtKind.SET, 3f, 1.0));
        assertThat(doubts.of(answer(0.5f))).as("a model that promises no sets").isEmpty();
    }

    @Test
    void shouldDoubtWhatIsFartherThanSoManyKnownPictures() {
        Doubts doubts = new Doubts(0, 0, false, 95);

        assertThat(doubts.of(told(2, 90.0, 0.5f))).isEmpty();
        assertThat(doubts.of(told(2, 95.0, 0.5f))).containsExactly(new Doubt(DoubtKind.DISTANCE, 95f, 95.0));
        assertThat(doubts.of(told(2, 99.5, 0.5f))).containsExactly(new Doubt(DoubtKind.DISTANCE, 99.5f, 95.0));
        assertThat(doubts.of(answer(0.5f))).as("a model without distances").isEmpty();
    }
}
