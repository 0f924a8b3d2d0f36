package io.patchstream.stream.infer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a batch of one size: made once over memory that belongs to a runner, and used for every batch of that
 * size. ONNX Runtime reads and writes the memory in place.
 */
final class BoundBatch implements AutoCloseable {
    private final OnnxTensor pixels;
    private final OnnxTensor probabilities;
    private final OnnxTensor embedding;
    private final Optional<OnnxTensor> distance;
    private final OnnxModel.Tensors tensors;

    /**
     * @param size B
     * @param pixels direct, at least {@code [B, H, W, 3]}
     * @param probabilities direct, at least {@code [B, K]}
     * @param embedding direct, at least {@code [B, D]}
     * @param distance direct, at least {@code [B]}; empty when the model does not tell
     */
    BoundBatch(
            ModelContract contract,
            int size,
            ByteBuffer pixels,
            FloatBuffer probabilities,
            FloatBuffer embedding,
            Optional<FloatBuffer> distance)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Preprocessing input = contract.preprocessing();
        int classes = contract.labels().size();
        int dim = contract.embeddingSize();
        this.pixels = OnnxTensor.createTensor(
                environment,
                pixels.slice(0, size * input.byteSize()),
                new long[] {size, input.height(), input.width(), 3},
                OnnxJavaType.UINT8);
        this.probabilities = OnnxTensor.createTensor(
                environment, probabilities.slice(0, size * classes), new long[] {size, classes});
        this.embedding = OnnxTensor.createTensor(environment, embedding.slice(0, size * dim), new long[] {size, dim});
        this.distance = distance.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        OnnxTensor.createTensor(environment, distance.get().slice(0, size), new long[] {size}));
        Map<String, OnnxTensor> wanted = new HashMap<>();
        wanted.put(ModelContract.PROBABILITIES, this.probabilities);
        wanted.put(ModelContract.EMBEDDING, this.embedding);
        this.distance.ifPresent(tensor -> wanted.put(ModelContract.DISTANCE, tensor));
        this.tensors = new OnnxModel.Tensors(Map.of(ModelContract.INPUT, this.pixels), Map.copyOf(wanted));
    }

    OnnxModel.Tensors tensors() {
        return tensors;
    }

    /** May be called twice. */
    @Override
    public void close() {
        List<OnnxTensor> tensors = new ArrayList<>(List.of(pixels, probabilities, embedding));
        distance.ifPresent(tensors::add);
        for (OnnxTensor tensor : tensors) {
            if (!tensor.isClosed()) {
                tensor.close();
            }
        }
    }
}
