package io.patchstream.stream.infer;

import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.ModelContract;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
     * @param distance {@code [B]}; empty when the model does not tell
     */
    PictureAnswer of(
            ServedModel model,
            FloatBuffer probabilities,
            FloatBuffer embedding,
            Optional<FloatBuffer> distance,
            int row) {
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
        Optional<Float> away = distance.map(all -> all.get(row));
        if (away.isPresent() && !Float.isFinite(away.get())) {
            return refused("the distance is " + away.get());
        }
        Confidence confidence = new Confidence(setSize(model.contract(), probabilities, row), away.map(squared -> {
            // At a class's very mean, rounding may leave it below 0.
            float distanceSquared = Math.max(0, squared);
            return new Confidence.Distance(
                    distanceSquared, model.contract().distances().orElseThrow().beyond(distanceSquared));
        }));
        return new PictureAnswer.Predicted(new Prediction(model, topK(probabilities, row), unit, confidence));
    }

    /** The classes that are probable enough are the most probable ones, and so their number says which. */
    private OptionalInt setSize(ModelContract contract, FloatBuffer probabilities, int row) {
        if (contract.conformal().isEmpty()) {
            return OptionalInt.empty();
        }
        ConformalPromise promise = contract.conformal().get();
        int size = 0;
        for (int k = 0; k < classes; k++) {
            size += promise.holds(probabilities.get(row * classes + k)) ? 1 : 0;
        }
        return OptionalInt.of(size);
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
