package io.patchstream.trainer.evaluate;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Shows a model every example of a data set, preprocessed as in serving.
 *
 * @param preprocessing to the model's input size
 * @param precision of the forward pass
 * @param batchSize B
 */
public record Evaluator(Preprocessing preprocessing, Precision precision, int batchSize) {

    /** Evaluates on the calling thread. */
    public Evaluation evaluate(VisionTransformer model, Dataset dataset) throws IOException {
        int classes = dataset.labels().size();
        int[][] confusion = new int[classes][classes];
        int topFive = 0;
        for (int from = 0; from < dataset.size(); from += batchSize) {
            int[] indices = IntStream.range(from, Math.min(from + batchSize, dataset.size()))
                    .toArray();
            Batch batch = Batch.prepared(dataset, preprocessing, indices);
            float[] logits = logits(model, batch.pixels(), batch.size());
            for (int i = 0; i < batch.size(); i++) {
                int label = batch.labels()[i];
                confusion[label][best(logits, i * classes, classes)]++;
                topFive += rank(logits, i * classes, classes, label) < 5 ? 1 : 0;
            }
        }
        return new Evaluation(dataset.labels(), confusion, topFive);
    }

    /**
     * The model's logits for prepared pictures.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @return {@code [B, K]}
     */
    public float[] logits(VisionTransformer model, byte[] pixels, int count) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false);
                Autocast cast = Autocast.of(precision)) {
            Tensor input = Pixels.of(pixels, count, preprocessing.height(), preprocessing.width());
            Tensor logits =
                    model.logits(input, false).to(torch.ScalarType.Float).contiguous();
            float[] values = new float[Math.toIntExact(logits.numel())];
            FloatPointer data = logits.data_ptr_float();
            data.get(values);
            return values;
        }
    }

    private static int best(float[] logits, int from, int classes) {
        int best = 0;
        for (int j = 1; j < classes; j++) {
            if (logits[from + j] > logits[from + best]) {
                best = j;
            }
        }
        return best;
    }

    /** How many classes are more probable than {@code label}. */
    private static int rank(float[] logits, int from, int classes, int label) {
        int rank = 0;
        for (int j = 0; j < classes; j++) {
            rank += logits[from + j] > logits[from + label] ? 1 : 0;
        }
        return rank;
    }
}
