package io.patchstream.stream.infer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.RolloutContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An explain file on the CPU: what the model says of one picture, and from which patches that comes. It serves no frames. For one
 * thread at a time.
 */
public final class ExplainModel implements AutoCloseable {
    private final OnnxSession session;
    private final RolloutContract rollout;

    private ExplainModel(OnnxSession session, RolloutContract rollout) {
        this.session = session;
        this.rollout = rollout;
    }

    /**
     * What a picture's answer comes from.
     *
     * @param shares of the patches, row by row
     * @param probabilities of the labels, in their order
     */
    public record Explanation(List<Float> shares, List<Float> probabilities) {
        public Explanation {
            shares = List.copyOf(shares);
            probabilities = List.copyOf(probabilities);
        }
    }

    /**
     * What a file promises, without loading it; empty when it is no explain file.
     *
     * @throws ContractException when it is no ONNX file, or its promise makes no sense
     */
    public static Optional<RolloutContract> promiseOf(Path file) throws IOException {
        Map<String, String> metadata = OnnxGraph.read(file).metadata();
        return RolloutContract.isIn(metadata) ? Optional.of(RolloutContract.fromMetadata(metadata)) : Optional.empty();
    }

    /**
     * Loads a file; the caller closes the model.
     *
     * @param keys who must have signed it: it is a model like any other
     * @throws ContractException when it is none, is not signed as it must be, or does not load
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller.
    public static ExplainModel open(Path file, ModelKeys keys) throws IOException {
        RolloutContract promise = promiseOf(file)
                .orElseThrow(() -> new ContractException(
                        file + " is no explain file: make one with ./patchstream export --attention-of"));
        ModelFile examined = ModelFile.examine(file);
        keys.verify(file, examined.sha256());
        return new ExplainModel(
                OnnxSession.open(examined, new SessionSettings(Provider.CPU, 1, false, 1, DecodeScale.FULL)), promise);
    }

    public ModelContract contract() {
        return session.contract();
    }

    public RolloutContract rollout() {
        return rollout;
    }

    /**
     * Explains one picture.
     *
     * @param pixels as the contract's preprocessing makes them, heap or direct
     */
    public Explanation explain(ByteBuffer pixels) throws InferenceException {
        ByteBuffer direct = ByteBuffer.allocateDirect(pixels.remaining())
                .put(pixels.duplicate())
                .flip();
        long[] shape = {
            1, contract().preprocessing().height(), contract().preprocessing().width(), 3
        };
        try (OnnxTensor input =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), direct, shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.session()
                        .run(
                                Map.of(ModelContract.INPUT, input),
                                Set.of(RolloutContract.ROLLOUT, ModelContract.PROBABILITIES))) {
            return new Explanation(
                    floats(result.get(RolloutContract.ROLLOUT)), floats(result.get(ModelContract.PROBABILITIES)));
        } catch (OrtException e) {
            throw new InferenceException("the explain file does not run: " + e.getMessage(), false, e);
        }
    }

    private static List<Float> floats(Optional<OnnxValue> value) {
        FloatBuffer buffer = ((OnnxTensor) value.orElseThrow()).getFloatBuffer();
        List<Float> floats = new ArrayList<>(buffer.remaining());
        while (buffer.hasRemaining()) {
            floats.add(buffer.get());
        }
        return floats;
    }

    /** May be called twice. */
    @Override
    public void close() {
        session.close();
    }
}
