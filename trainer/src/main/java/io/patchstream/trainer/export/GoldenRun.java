package io.patchstream.trainer.export;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.patchstream.vision.model.GoldenFrames;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes the golden frames of an exported file: what ONNX Runtime answers for them here, one by one.
 *
 * <p>How far another machine may be off is measured, not guessed. Another instruction set sums in another order; so does
 * ONNX Runtime without its optimisations, which runs other kernels (for int8: float ones on the quantised values). The
 * tolerance is four times the largest difference between the two, and at least a thousandth of the largest logit: float32
 * sums over a transformer's depth differ by less than a tenth of that, and a wrong pixel, label order or weight by far more. For
 * half precision the tolerance is measured against a form that rounds every intermediate result as well.
 */
final class GoldenRun {
    private static final float MARGIN = 4;
    private static final float FLOOR = 1e-3f;

    private GoldenRun() {}

    /** @param others files that another device may compute like, such as one that rounds as a GPU does */
    static GoldenFrames of(Path model, LabelledPixels pictures, List<Path> others) {
        float[] logits = logits(model, pictures, OptLevel.ALL_OPT);
        float difference = difference(logits, logits(model, pictures, OptLevel.NO_OPT));
        for (Path other : others) {
            difference = Math.max(difference, difference(logits, logits(other, pictures, OptLevel.NO_OPT)));
        }
        float largest = 1;
        for (float logit : logits) {
            largest = Math.max(largest, Math.abs(logit));
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

    private static float difference(float[] logits, float[] otherwise) {
        float difference = 0;
        for (int i = 0; i < logits.length; i++) {
            difference = Math.max(difference, Math.abs(logits[i] - otherwise[i]));
        }
        return difference;
    }

    private static float[] logits(Path model, LabelledPixels pictures, OptLevel level) {
        try (RuntimeSession session = RuntimeSession.open(model, level)) {
            return session.logits(pictures, 1);
        }
    }
}
