package io.patchstream.stream.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Classification;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.topology.FakeEngine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final SourcePosition SOURCE = new SourcePosition("frames", 0, 7);

    @Test
    void shouldConfirmSetAndDistanceToTheBit() {
        Verdict verdict = Verdict.of(claim(told(2, 3.5f)), told(2, 3.5f));

        assertThat(verdict.isSame()).isTrue();
        assertThat(verdict.lines()).last().isEqualTo("the same bits");
    }

    @Test
    void shouldSayWhenSetOrDistanceCameOutOtherwise() {
        Verdict otherSet = Verdict.of(claim(told(2, 3.5f)), told(1, 3.5f));
        assertThat(otherSet.isSame()).isFalse();
        assertThat(otherSet.lines()).contains("number of labels in the set was 2 and is 1");

        Verdict otherDistance = Verdict.of(claim(told(2, 3.5f)), told(2, Math.nextUp(3.5f)));
        assertThat(otherDistance.isSame()).isFalse();
        assertThat(otherDistance.lines()).contains("distance was 3.5 and is 3.5000002");
    }

    /** It was written before there were any. */
    @Test
    void shouldNotMissWhatAnAnswerDoesNotHold() {
        assertThat(Verdict.of(claim(classified(Confidence.NONE)), told(2, 3.5f)).isSame())
                .isTrue();
    }

    private static Claim claim(Classified then) {
        Classification label = new Answers("").classification(then, 0, SOURCE);
        return new Claim.Label(label);
    }

    private static Classified told(int setSize, float distance) {
        return classified(new Confidence(OptionalInt.of(setSize), Optional.of(new Confidence.Distance(distance, 95))));
    }

    private static Classified classified(Confidence confidence) {
        return new Classified(
                new FrameHead("frame-1", "door", 1, 0, 1, Map.of()),
                List.of(new Prediction(
                        FakeEngine.MODEL, List.of(new Prediction.Score(0, 0.75f)), new float[] {1}, confidence)));
    }
}
