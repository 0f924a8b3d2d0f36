package io.patchstream.stream.infer;

import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.frame.Stage;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a batch's outputs. Plain Java arithmetic in a fixed order: the same floats in give the same bits out on every
 * machine.
 */
final class Answers {
    /** The code of a frame for which the model gives no numbers. */
    static final String NOT_FINITE = "NOT_FINITE";

    private final int classes;
    private final int dim;
    private final int topK;

    Answers(int classes, int dim, int topK) {
        this.classes = classes;
        this.dim = dim;
        this.topK = topK;
    }

    /**
     * The answer for row {@code row}.
     *
     * @param probabilities {@code [B, K]}
     * @param embedding {@code [B, D]}
     */
    PictureAnswer of(ServedModel model, FloatBuffer probabilities, FloatBuffer embedding, int row) {
        for (int k = 0; k < classes; k++) {
            float p = probabilities.get(row * classes + k);
            if (!Float.isFinite(p)) {
                return refused("probability " + k + " is " + p);
            }
        }
        double squares = 0;
        for (int d = 0; d < dim; d++) {
            double value = embedding.get(row * dim + d);
            squares += value * value;
        }
        if (!Double.isFinite(squares) || squares == 0) {
            return refused("the squared norm of the embedding is " + squares);
        }
        double norm = Math.sqrt(squares);
        float[] unit = new float[dim];
        for (int d = 0; d < dim; d++) {
            unit[d] = (float) (embedding.get(row * dim + d) / norm);
        }
        return new PictureAnswer.Predicted(new Prediction(model, topK(probabilities, row), unit));
    }

    private static PictureAnswer refused(String what) {
        return new PictureAnswer.Refused(new FrameOutcome.Rejected(
                Stage.INFER, NOT_FINITE, "the model gives no usable numbers for this frame: " + what));
    }

    private List<Score> topK(FloatBuffer probabilities, int row) {
        int[] best = new int[topK];
        int found = 0;
        for (int k = 0; k < classes; k++) {
            float p = probabilities.get(row * classes + k);
            int at = found;
            // Strictly greater: of equals, the lower index stays before.
            while (at > 0 && p > probabilities.get(row * classes + best[at - 1])) {
                at--;
            }
            if (at < topK) {
                found = Math.min(topK, found + 1);
                System.arraycopy(best, at, best, at + 1, found - at - 1);
                best[at] = k;
            }
        }
        List<Score> scores = new ArrayList<>(found);
        for (int i = 0; i < found; i++) {
            scores.add(new Score(best[i], probabilities.get(row * classes + best[i])));
        }
        return scores;
    }
}
