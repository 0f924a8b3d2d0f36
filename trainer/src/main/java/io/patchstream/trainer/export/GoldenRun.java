package io.patchstream.trainer.export;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelContract;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /**
     * @param hasDistance whether the model tells how far pictures are; their tolerance is measured likewise
     * @param others files that another device may compute like, such as one that rounds as a GPU does
     */
    static GoldenFrames of(Path model, LabelledPixels pictures, boolean hasDistance, List<Path> others) {
        Set<String> outputs =
                hasDistance ? Set.of(ModelContract.LOGITS, ModelContract.DISTANCE) : Set.of(ModelContract.LOGITS);
        Map<String, float[]> here = answers(model, pictures, outputs, OptLevel.ALL_OPT);
        List<Map<String, float[]>> elsewhere = new ArrayList<>();
        elsewhere.add(answers(model, pictures, outputs, OptLevel.NO_OPT));
        for (Path other : others) {
            elsewhere.add(answers(other, pictures, outputs, OptLevel.NO_OPT));
        }
        ByteBuffer all = pictures.batch(0, pictures.count());
        byte[] pixels = new byte[all.remaining()];
        all.get(pixels);
        return new GoldenFrames(
                pictures.count(),
                pictures.height(),
                pictures.width(),
                pixels,
                here.get(ModelContract.LOGITS),
                tolerance(ModelContract.LOGITS, here, elsewhere),
                hasDistance ? here.get(ModelContract.DISTANCE) : new float[0],
                hasDistance ? tolerance(ModelContract.DISTANCE, here, elsewhere) : 0);
    }

    private static float tolerance(String output, Map<String, float[]> here, List<Map<String, float[]>> elsewhere) {
        float[] values = here.get(output);
        float difference = 0;
        float largest = 1;
        for (int i = 0; i < values.length; i++) {
            for (Map<String, float[]> other : elsewhere) {
                difference = Math.max(difference, Math.abs(values[i] - other.get(output)[i]));
            }
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return Math.max(MARGIN * difference, FLOOR * largest);
    }

    private static Map<String, float[]> answers(
            Path model, LabelledPixels pictures, Set<String> outputs, OptLevel level) {
        try (RuntimeSession session = RuntimeSession.open(model, level)) {
            return session.answers(pictures, 1, outputs);
        }
    }
}
