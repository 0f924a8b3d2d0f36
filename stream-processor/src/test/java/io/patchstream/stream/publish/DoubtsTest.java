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
        List<LabelScore> topK = new ArrayList<>();
        for (float probability : probabilities) {
            topK.add(new LabelScore("label-" + topK.size(), topK.size(), probability));
        }
        AnswerLineage lineage = new AnswerLineage("m", "", "", "", "frames", 0, 0L, Origin.INFERRED, null);
        return new Classification("frame", "door", 0, 0L, Instant.EPOCH, topK, lineage, Map.of());
    }

    @Test
    void shouldDoubtWhatIsBelowALimitAndNotWhatReachesIt() {
        Doubts doubts = new Doubts(0.5, 0.25);

        assertThat(doubts.of(answer(0.5f, 0.25f))).isEmpty();
        assertThat(doubts.of(answer(0.375f, 0.0625f))).containsExactly(new Doubt(DoubtKind.PROBABILITY, 0.375f, 0.5));
        assertThat(doubts.of(answer(0.5f, 0.375f))).containsExactly(new Doubt(DoubtKind.MARGIN, 0.125f, 0.25));
        assertThat(doubts.of(answer(0.25f, 0.25f)))
                .extracting(Doubt::getKind)
                .containsExactly(DoubtKind.PROBABILITY, DoubtKind.MARGIN);
    }

    @Test
    void shouldAskForNothingWithALimitOfZero() {
        assertThat(new Doubts(0, 0).of(answer(0, 0))).isEmpty();
    }

    @Test
    void shouldTakeTheOnlyLabelForNoMargin() {
        assertThat(new Doubts(0, 1).of(answer(0.1f))).isEmpty();
    }
}
