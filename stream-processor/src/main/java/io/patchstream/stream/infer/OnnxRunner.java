package io.patchstream.stream.infer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.PictureAnswer;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.model.ModelContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs batches for one infer thread. A picture that travels alone, as most do on a CPU, is read by ONNX Runtime from the
 * slot that it was decoded to. Several are gathered, one copy each (150 KB, some ten microseconds for 224 x 224, beside
 * milliseconds of arithmetic): which pictures make a batch is decided after they are decoded. Tensors and outputs are made
 * once per batch size, and a batch leaves no garbage but its answers.
 */
final class OnnxRunner implements BatchRunner {
    /** "resource allocation failed" is cuBLAS's: its handles and workspaces are memory too. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "failed to allocate",
            "out of memory",
            "out_of_memory",
            "resource allocation failed",
            "bad_alloc",
            "bad allocation");

    private final OnnxModel model;
    private final ModelContract contract;
    private final int maxBatch;
    private final ByteBuffer pixels;
    private final FloatBuffer probabilities;
    private final FloatBuffer embedding;
    private final Optional<FloatBuffer> distance;
    private final BoundBatch[] bySize;
    private final Answers answers;
    private final ByteBuffer canary;

    OnnxRunner(OnnxModel model, Optional<byte[]> canary, int maxBatch, BatchMemory memory) {
        this.model = model;
        this.contract = model.served().contract();
        this.maxBatch = maxBatch;
        int rows = model.rows(maxBatch);
        int pictureBytes = contract.preprocessing().byteSize();
        this.pixels = memory.atLeast(BatchMemory.Part.PIXELS, Math.multiplyExact(rows, pictureBytes));
        this.probabilities = floats(
                memory, BatchMemory.Part.PROBABILITIES, rows * contract.labels().size());
        this.embedding = floats(memory, BatchMemory.Part.EMBEDDING, rows * contract.embeddingSize());
        this.distance = contract.distances().map(known -> floats(memory, BatchMemory.Part.DISTANCE, rows));
        this.bySize = new BoundBatch[rows + 1];
        this.answers = new Answers(contract.labels().size(), contract.embeddingSize(), model.topK());
        this.canary = ByteBuffer.wrap(canary.orElseGet(() -> new byte[pictureBytes]));
    }

    private static FloatBuffer floats(BatchMemory memory, BatchMemory.Part part, int count) {
        return memory.atLeast(part, count * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Override
    public List<PictureAnswer> run(List<ByteBuffer> pictures) throws InferenceException {
        if (pictures.isEmpty() || pictures.size() > maxBatch) {
            throw new IllegalArgumentException(
                    "a batch of " + pictures.size() + " pictures; this runner takes 1 to " + maxBatch);
        }
        List<PictureAnswer> result = new ArrayList<>(pictures.size());
        while (result.size() < pictures.size()) {
            int run = model.run();
            int rest = pictures.size() - result.size();
            int size = run == 0 ? rest : Math.min(run, rest);
            answer(pictures.subList(result.size(), result.size() + size), run, result);
        }
        return result;
    }

    /** Those pictures' answers, which are none when the model's runs have another size by now. */
    private void answer(List<ByteBuffer> pictures, int run, List<PictureAnswer> result) throws InferenceException {
        try {
            Optional<ServedModel> served =
                    run == 0 && isReadInPlace(pictures) ? runInPlace(pictures.get(0)) : runGathered(pictures, run);
            for (int i = 0; served.isPresent() && i < pictures.size(); i++) {
                result.add(answers.of(served.get(), probabilities, embedding, distance, i));
            }
        } catch (OrtException e) {
            if (run > 1 && isOutOfMemory(e)) {
                model.halve(run);
            } else {
                throw failed(pictures.size(), e);
            }
        }
    }

    private static boolean isReadInPlace(List<ByteBuffer> pictures) {
        return pictures.size() == 1 && pictures.get(0).isDirect();
    }

    private Optional<ServedModel> runInPlace(ByteBuffer picture) throws OrtException {
        try (OnnxTensor input = OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(),
                picture.slice(0, contract.preprocessing().byteSize()),
                new long[] {
                    1,
                    contract.preprocessing().height(),
                    contract.preprocessing().width(),
                    3
                },
                OnnxJavaType.UINT8)) {
            OnnxModel.Tensors inPlace = new OnnxModel.Tensors(
                    Map.of(ModelContract.INPUT, input), bound(1).tensors().outputs());
            return model.run(0, inPlace);
        }
    }

    private Optional<ServedModel> runGathered(List<ByteBuffer> pictures, int run) throws OrtException {
        gather(pictures);
        return model.run(run, bound(run == 0 ? pictures.size() : run).tensors());
    }

    /** What lies behind them, when a run is filled up, is whatever was there: no picture's bits depend on its company. */
    private void gather(List<ByteBuffer> pictures) {
        int pictureBytes = contract.preprocessing().byteSize();
        for (int i = 0; i < pictures.size(); i++) {
            pixels.put(i * pictureBytes, pictures.get(i), 0, pictureBytes);
        }
    }

    @Override
    public void runCanary() throws InferenceException {
        run(List.of(canary));
    }

    private BoundBatch bound(int size) throws OrtException {
        if (bySize[size] == null) {
            bySize[size] = new BoundBatch(contract, size, pixels, probabilities, embedding, distance);
        }
        return bySize[size];
    }

    private static boolean isOutOfMemory(OrtException e) {
        return isOutOfMemory(String.valueOf(e.getMessage()));
    }

    /** ONNX Runtime has no code for it. */
    static boolean isOutOfMemory(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return OUT_OF_MEMORY.stream().anyMatch(lower::contains);
    }

    private static InferenceException failed(int size, OrtException e) {
        return new InferenceException(
                "a batch of " + size + " failed (" + e.getCode() + "): " + e.getMessage(), isOutOfMemory(e), e);
    }

    @Override
    public void close() {
        for (BoundBatch bound : bySize) {
            if (bound != null) {
                bound.close();
            }
        }
    }
}
