package io.patchstream.trainer.export;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.patchstream.vision.model.GoldenFrames;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Makes the golden frames of an exported file: what ONNX Runtime answers for them here, one by one.
 *
 * <p>How far another machine may be off is measured, not guessed. Another instruction set sums in another order; so does
 * ONNX Runtime without its optimisations, which runs other kernels (for int8: float ones on the quantised values). The
 * tolerance is four times the largest difference between the two, and at least a thousandth of the largest logit: float32
 * sums over a transformer's depth differ by less than a tenth of that, and a wrong pixel, label order or weight by far more.
 */
final class GoldenRun {
    private static final float MARGIN = 4;
    private static final float FLOOR = 1e-3f;

    private GoldenRun() {}

    static GoldenFrames of(Path model, LabelledPixels pictures) {
        float[] logits = logits(model, pictures, OptLevel.ALL_OPT);
        float[] otherwise = logits(model, pictures, OptLevel.NO_OPT);
        float difference = 0;
        float largest = 1;
        for (int i = 0; i < logits.length; i++) {
            difference = Math.max(difference, Math.abs(logits[i] - otherwise[i]));
            largest = Math.max(largest, Math.abs(logits[i]));
        }
        ByteBuffer all = pictures.batch(0, pictures.count());
        byte[] pixels = new byte[all.remaining()];
        all.get(pixels);
        return new GoldenFrames(
                pictures.count(),
                pictures.height(),
                pictures.width(),
                pixels,
                logits,
                Math.max(MARGIN * difference, FLOOR * largest));
    }

    private static float[] logits(Path model, LabelledPixels pictures, OptLevel level) {
        try (RuntimeSession session = RuntimeSession.open(model, level)) {
            return session.logits(pictures, 1);
        }
    }
}
