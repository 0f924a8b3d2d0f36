package io.patchstream.stream.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
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

    private PictureAnswer answer(FloatBuffer probabilities, FloatBuffer embedding, int row) {
        try (FakeModel model = new FakeModel()) {
            return answers.of(model.served(), probabilities, embedding, row);
        }
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
