package io.patchstream.stream.infer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a model's golden frames, one by one and all together, and compares their logits, and distances where the model has them,
 * with those that the trainer got. A model that disagrees is not the one that was trained, or this device does not compute it.
 */
final class GoldenReplay {
    private static final Logger LOG = LoggerFactory.getLogger(GoldenReplay.class);

    private final Path file;
    private final GoldenFrames golden;
    private final OnnxSession session;

    private GoldenReplay(Path file, GoldenFrames golden, OnnxSession session) {
        this.file = file;
        this.golden = golden;
        this.session = session;
    }

    /** @throws ContractException when a value is farther off than its tolerance; the message names frame and value */
    static void check(Path file, GoldenFrames golden, OnnxSession session) {
        new GoldenReplay(file, golden, session).check();
    }

    private void check() {
        ModelContract contract = session.contract();
        Preprocessing input = contract.preprocessing();
        if (golden.height() != input.height()
                || golden.width() != input.width()
                || golden.classes() != contract.labels().size()
                || golden.hasDistances() != contract.distances().isPresent()) {
            throw new ContractException(file + " holds frames of " + golden.height() + " x " + golden.width()
                    + " pixels and " + golden.classes() + " logits, " + with(golden.hasDistances())
                    + "; the model takes " + input.height() + " x " + input.width() + " and gives "
                    + contract.labels().size() + ", "
                    + with(contract.distances().isPresent()) + ": these are another model's");
        }
        try {
            Outputs together = outputs(0, golden.count());
            float worst = 0;
            boolean sameBits = true;
            for (int i = 0; i < golden.count(); i++) {
                Outputs alone = outputs(i, 1);
                Outputs amongOthers = together.row(i, golden.count());
                worst = Math.max(worst, Math.max(compare(i, alone), compare(i, amongOthers)));
                sameBits &= alone.isSame(amongOthers);
            }
            LOG.atInfo()
                    .addKeyValue("frames", golden.count())
                    .addKeyValue("largestDifference", worst)
                    .addKeyValue("tolerance", golden.tolerance())
                    .log("the model answers its golden frames as its trainer did");
            if (!sameBits) {
                LOG.atWarn()
                        .addKeyValue("engine", session.fingerprint(session.run()))
                        .log("on this device a frame's bits depend on "
                                + (session.run() == 0 ? "the size of its batch" : "what else is in its batch")
                                + ": a replay is equal within rounding, not bit for bit; "
                                + (session.run() == 0
                                        ? "on NVIDIA's set engine.gpu.batch above 0, on others engine.max.batch to 1, if it must be"
                                        : "set engine.gpu.batch to 1 if it must be"));
            }
        } catch (OrtException e) {
            throw new ContractException("the model cannot run its golden frames: " + e.getMessage(), e);
        }
    }

    private static String with(boolean distances) {
        return distances ? "with distances" : "without distances";
    }

    /** What a batch gives; no distances for a model without. */
    private static final class Outputs {
        private final float[] logits;
        private final float[] distances;

        Outputs(float[] logits, float[] distances) {
            this.logits = logits;
            this.distances = distances;
        }

        Outputs row(int row, int rows) {
            return new Outputs(part(logits, row, rows), part(distances, row, rows));
        }

        Outputs head(int count, int rows) {
            return new Outputs(
                    Arrays.copyOf(logits, logits.length / rows * count),
                    Arrays.copyOf(distances, distances.length / rows * count));
        }

        Outputs and(Outputs others) {
            return new Outputs(joined(logits, others.logits), joined(distances, others.distances));
        }

        private static float[] joined(float[] one, float[] other) {
            float[] both = Arrays.copyOf(one, one.length + other.length);
            System.arraycopy(other, 0, both, one.length, other.length);
            return both;
        }

        private static float[] part(float[] values, int row, int rows) {
            int width = values.length / rows;
            return Arrays.copyOfRange(values, row * width, (row + 1) * width);
        }

        boolean isSame(Outputs other) {
            return Arrays.equals(logits, other.logits) && Arrays.equals(distances, other.distances);
        }
    }

    /** The largest difference of a logit. */
    private float compare(int frame, Outputs got) {
        float[] expected = golden.logits(frame);
        float worst = 0;
        for (int k = 0; k < expected.length; k++) {
            worst = Math.max(worst, compare(frame, "logit " + k, got.logits[k], expected[k], golden.tolerance()));
        }
        if (golden.hasDistances()) {
            compare(frame, "the distance", got.distances[0], golden.distance(frame), golden.distanceTolerance());
        }
        return worst;
    }

    private float compare(int frame, String what, float got, float expected, float tolerance) {
        float difference = Math.abs(got - expected);
        if (!(difference <= tolerance)) {
            throw new ContractException("golden frame " + frame + " of " + file + ": " + what + " is " + got
                    + "; the trainer got " + expected + ", and they may differ by " + tolerance
                    + ": the model file is not the one that was trained, or this device does not compute it");
        }
        return difference;
    }

    private Outputs outputs(int first, int count) throws OrtException {
        int run = session.run() == 0 ? count : session.run();
        Outputs all = new Outputs(new float[0], new float[0]);
        for (int from = first; from < first + count; from += run) {
            int to = Math.min(first + count, from + run);
            all = all.and(run(from, to, run).head(to - from, run));
        }
        return all;
    }

    /** Of frames {@code from} to {@code to}, filled up with black ones to {@code size}. */
    private Outputs run(int from, int to, int size) throws OrtException {
        int pictureBytes = session.contract().preprocessing().byteSize();
        ByteBuffer pixels = ByteBuffer.allocateDirect(size * pictureBytes);
        for (int i = from; i < to; i++) {
            pixels.put(golden.pixels(i));
        }
        long[] shape = {size, golden.height(), golden.width(), 3};
        Set<String> wanted = golden.hasDistances()
                ? Set.of(ModelContract.LOGITS, ModelContract.DISTANCE)
                : Set.of(ModelContract.LOGITS);
        try (OnnxTensor input = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), pixels.clear(), shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.session().run(Map.of(ModelContract.INPUT, input), wanted)) {
            return new Outputs(
                    floats(result, ModelContract.LOGITS),
                    golden.hasDistances() ? floats(result, ModelContract.DISTANCE) : new float[0]);
        }
    }

    private static float[] floats(OrtSession.Result result, String output) {
        FloatBuffer values = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
        float[] floats = new float[values.remaining()];
        values.get(floats);
        return floats;
    }
}
