package io.patchstream.trainer.evaluate;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.model.ForwardObserver;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
            Answers answers = answers(model, batch(dataset, from, dataset.size()));
            for (int i = 0; i < answers.size(); i++) {
                confusion[answers.labels()[i]][answers.top(i)]++;
                topFive += answers.rank(i) < 5 ? 1 : 0;
            }
        }
        return new Evaluation(dataset.labels(), confusion, topFive);
    }

    /** Everything that the model says of the data set. */
    public Answers answers(VisionTransformer model, Dataset dataset) throws IOException {
        return answers(model, dataset, image -> image);
    }

    /** The same for pictures that something is done to after they are prepared. */
    Answers answers(VisionTransformer model, Dataset dataset, Spoiler spoiler) throws IOException {
        int classes = model.config().classes();
        int width = model.config().embeddingSize();
        float[] logits = new float[dataset.size() * classes];
        float[] embeddings = new float[dataset.size() * width];
        int[] labels = new int[dataset.size()];
        for (int from = 0; from < dataset.size(); from += batchSize) {
            Batch batch = batch(dataset, from, dataset.size());
            int bytes = preprocessing.byteSize();
            for (int i = 0; i < batch.size(); i++) {
                byte[] pixels = java.util.Arrays.copyOfRange(batch.pixels(), i * bytes, (i + 1) * bytes);
                RgbImage spoilt = spoiler.apply(new RgbImage(preprocessing.height(), preprocessing.width(), pixels));
                System.arraycopy(spoilt.pixels(), 0, batch.pixels(), i * bytes, bytes);
            }
            Answers some = answers(model, batch);
            for (int i = 0; i < some.size(); i++) {
                for (int k = 0; k < classes; k++) {
                    logits[(from + i) * classes + k] = (float) some.logit(i, k);
                }
            }
            System.arraycopy(some.embeddings(), 0, embeddings, from * width, some.size() * width);
            System.arraycopy(some.labels(), 0, labels, from, some.size());
        }
        return new Answers(logits, embeddings, labels);
    }

    /** What is done to a prepared picture. */
    interface Spoiler {
        RgbImage apply(RgbImage image) throws IOException;
    }

    private Batch batch(Dataset dataset, int from, int size) throws IOException {
        int[] indices = IntStream.range(from, Math.min(from + batchSize, size)).toArray();
        return Batch.prepared(dataset, preprocessing, indices);
    }

    private Answers answers(VisionTransformer model, Batch batch) {
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false);
                Autocast cast = Autocast.of(precision)) {
            Tensor input = Pixels.of(batch.pixels(), batch.size(), preprocessing.height(), preprocessing.width());
            VisionTransformer.Seen seen = model.seen(input, ForwardObserver.NONE);
            return new Answers(host(seen.logits()), host(seen.embedding()), batch.labels());
        }
    }

    private static float[] host(Tensor tensor) {
        Tensor floats = tensor.to(torch.ScalarType.Float).contiguous();
        float[] values = new float[Math.toIntExact(floats.numel())];
        floats.data_ptr_float().get(values);
        return values;
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
            return host(model.logits(input, false));
        }
    }

    /**
     * What happens inside the model for prepared pictures.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     */
    public Observation observe(VisionTransformer model, byte[] pixels, int count) {
        List<float[]> attention = new ArrayList<>();
        float[][] seen = new float[2][];
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            Tensor input = Pixels.of(pixels, count, preprocessing.height(), preprocessing.width());
            VisionTransformer.Seen answer = model.seen(input, new ForwardObserver() {
                @Override
                public void attention(int block, Tensor weights) {
                    attention.add(host(weights));
                }

                @Override
                public void tokens(Tensor tokens) {
                    seen[0] = host(tokens);
                }

                @Override
                public void pooling(Tensor weights) {
                    seen[1] = host(weights);
                }
            });
            return new Observation(
                    model.config(),
                    count,
                    attention,
                    seen[0],
                    seen[1],
                    host(answer.logits()),
                    host(answer.embedding()));
        }
    }
}
