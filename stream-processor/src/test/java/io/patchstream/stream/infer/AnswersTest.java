package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.Confidence.Distance;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.KnownDistances.Limit;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final Answers answers = new Answers(5, 2, 3);

    @Test
    void shouldGiveTheMostProbableFirstAndOfEqualsTheLowerIndex() {
        assertThat(predicted(answer(floats(.1f, .3f, .1f, .4f, .1f), floats(1, 0), 0))
                        .topK())
                .containsExactly(new Score(3, .4f), new Score(1, .3f), new Score(0, .1f));
        assertThat(predicted(answer(floats(.2f, .2f, .2f, .2f, .2f), floats(1, 0), 0))
                        .topK())
                .extracting(Score::index)
                .containsExactly(0, 1, 2);
    }

    @Test
    void shouldReadTheRowOfItsPicture() {
        Prediction second = predicted(answer(floats(1, 0, 0, 0, 0, 0, 0, 0, 0, 1), floats(1, 0, 3, 4), 1));
        assertThat(second.topK().get(0)).isEqualTo(new Score(4, 1));
        assertThat(second.dim()).isEqualTo(2);
        assertThat(second.embedding(0)).isEqualTo(0.6f);
        assertThat(second.embedding(1)).isEqualTo(0.8f);
    }

    @Test
    void shouldRefuseWhatIsNoNumber() {
        assertThat(refused(answer(floats(.5f, Float.NaN, 0, 0, 0), floats(1, 0), 0))
                        .code())
                .isEqualTo(Answers.NOT_FINITE);
        assertThat(refused(answer(floats(1, 0, 0, 0, 0), floats(Float.POSITIVE_INFINITY, 0), 0))
                        .message())
                .contains("embedding");
        assertThat(refused(answer(floats(1, 0, 0, 0, 0), floats(0, 0), 0)).message())
                .contains("embedding");
    }

    @Test
    void shouldCountTheLabelsThatAreProbableEnough() {
        FloatBuffer probabilities = floats(.1f, .3f, .1f, .4f, .1f, .2f, .2f, .2f, .2f, .2f);
        FloatBuffer embedding = floats(1, 0, 1, 0);
        assertThat(told(probabilities, embedding, floats(4, 4), 0).setSize()).hasValue(2);
        assertThat(told(probabilities, embedding, floats(4, 4), 1).setSize()).hasValue(0);
        assertThat(predicted(answer(probabilities, embedding, 0)).confidence()).isEqualTo(Confidence.NONE);
    }

    @Test
    void shouldTellHowManyKnownPicturesAreNearer() {
        FloatBuffer probabilities = floats(1, 0, 0, 0, 0, 1, 0, 0, 0, 0);
        FloatBuffer embedding = floats(1, 0, 1, 0);
        FloatBuffer distances = floats(-1e-6f, 20.5f);
        assertThat(told(probabilities, embedding, distances, 0).distance()).contains(new Distance(0, 0));
        assertThat(told(probabilities, embedding, distances, 1).distance()).contains(new Distance(20.5f, 95));
    }

    @Test
    void shouldRefuseADistanceThatIsNoNumber() {
        assertThat(refused(answer(confident(), floats(1, 0, 0, 0, 0), floats(1, 0), Optional.of(floats(Float.NaN)), 0))
                        .message())
                .contains("the distance is NaN");
    }

    private Confidence told(FloatBuffer probabilities, FloatBuffer embedding, FloatBuffer distances, int row) {
        return predicted(answer(confident(), probabilities, embedding, Optional.of(distances), row))
                .confidence();
    }

    /** Sets from 0.25 on; 95 % of known pictures within 20, 99 % within 30. */
    private static ServedModel confident() {
        try (FakeModel model = new FakeModel()) {
            return new ServedModel(
                    model.served()
                            .contract()
                            .with(
                                    Optional.of(new ConformalPromise(0.9, 0.25, 100)),
                                    Optional.of(
                                            new KnownDistances(List.of(new Limit(95, 20), new Limit(99, 30)), 100))),
                    model.served().sha256(),
                    model.served().engine());
        }
    }

    private PictureAnswer answer(FloatBuffer probabilities, FloatBuffer embedding, int row) {
        try (FakeModel model = new FakeModel()) {
            return answer(model.served(), probabilities, embedding, Optional.empty(), row);
        }
    }

    private PictureAnswer answer(
            ServedModel model,
            FloatBuffer probabilities,
            FloatBuffer embedding,
            Optional<FloatBuffer> distances,
            int row) {
        return answers.of(model, probabilities, embedding, distances, row);
    }

    private static FloatBuffer floats(float... values) {
        return FloatBuffer.wrap(values);
    }

    private static Prediction predicted(PictureAnswer answer) {
        List<Prediction> seen = new ArrayList<>();
        answer.accept(seen::add, refused -> {});
        return seen.get(0);
    }

    private static FrameOutcome.Rejected refused(PictureAnswer answer) {
        List<FrameOutcome.Rejected> seen = new ArrayList<>();
        answer.accept(predicted -> {}, seen::add);
        return seen.get(0);
    }
}
