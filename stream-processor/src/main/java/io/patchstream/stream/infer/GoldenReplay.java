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
 * Runs a model's golden frames, one by one and all together, and compares their logits with those that the trainer got. A
 * model that disagrees is not the one that was trained, or this device does not compute it.
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

    /** @throws ContractException when a logit is farther off than the tolerance; the message names frame and logit */
    static void check(Path file, GoldenFrames golden, OnnxSession session) {
        new GoldenReplay(file, golden, session).check();
    }

    private void check() {
        ModelContract contract = session.contract();
        Preprocessing input = contract.preprocessing();
        if (golden.height() != input.height()
                || golden.width() != input.width()
                || golden.classes() != contract.labels().size()) {
            throw new ContractException(file + " holds frames of " + golden.height() + " x " + golden.width()
                    + " pixels and " + golden.classes() + " logits; the model takes " + input.height() + " x "
                    + input.width() + " and gives " + contract.labels().size() + ": these are another model's");
        }
        try {
            float[] together = logits(0, golden.count());
            float worst = 0;
            boolean sameBits = true;
            for (int i = 0; i < golden.count(); i++) {
                float[] alone = logits(i, 1);
                float[] amongOthers = Arrays.copyOfRange(together, i * alone.length, (i + 1) * alone.length);
                worst = Math.max(worst, Math.max(compare(i, alone), compare(i, amongOthers)));
                sameBits &= Arrays.equals(alone, amongOthers);
            }
            LOG.atInfo()
                    .addKeyValue("frames", golden.count())
                    .addKeyValue("largestDifference", worst)
                    .addKeyValue("tolerance", golden.tolerance())
                    .log("the model answers its golden frames as its trainer did");
            if (!sameBits) {
                LOG.atWarn()
                        .addKeyValue("engine", session.fingerprint())
                        .log("on this device a frame's bits depend on the size of its batch: a replay is equal within"
                                + " rounding, not bit for bit; set the largest batch to 1 if it must be");
            }
        } catch (OrtException e) {
            throw new ContractException("the model cannot run its golden frames: " + e.getMessage(), e);
        }
    }

    private float compare(int frame, float[] got) {
        float[] expected = golden.logits(frame);
        float worst = 0;
        for (int k = 0; k < expected.length; k++) {
            float difference = Math.abs(got[k] - expected[k]);
            if (!(difference <= golden.tolerance())) {
                throw new ContractException("golden frame " + frame + " of " + file + ": logit " + k + " is " + got[k]
                        + "; the trainer got " + expected[k] + ", and they may differ by " + golden.tolerance()
                        + ": the model file is not the one that was trained, or this device does not compute it");
            }
            worst = Math.max(worst, difference);
        }
        return worst;
    }

    private float[] logits(int first, int count) throws OrtException {
        int pictureBytes = session.contract().preprocessing().byteSize();
        ByteBuffer pixels = ByteBuffer.allocateDirect(count * pictureBytes);
        for (int i = first; i < first + count; i++) {
            pixels.put(golden.pixels(i));
        }
        long[] shape = {count, golden.height(), golden.width(), 3};
        try (OnnxTensor input = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), pixels.flip(), shape, OnnxJavaType.UINT8);
                OrtSession.Result result =
                        session.session().run(Map.of(ModelContract.INPUT, input), Set.of(ModelContract.LOGITS))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] logits = new float[values.remaining()];
            values.get(logits);
            return logits;
        }
    }
}
