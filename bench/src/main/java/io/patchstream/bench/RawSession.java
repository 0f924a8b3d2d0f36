package io.patchstream.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.infer.Cuda;
import io.patchstream.vision.RuntimeLibraries;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/**
 * ONNX Runtime as bare as it gets: a session, tensors made once over direct memory, and {@code run} in a loop. The
 * yardstick for all that is built around it. Shared by callers, each with tensors of its own.
 */
final class RawSession implements AutoCloseable {
    private final OrtSession session;
    private final long[] inputShape;
    private final long classes;
    private final long dim;

    /** Opens the model with the options that the stream processor uses. */
    @MustBeClosed
    RawSession(Path model, boolean gpu, int intraOpThreads) throws OrtException {
        RuntimeLibraries.unpack();
        // Made first: without it CUDA's options have nowhere to log to.
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(intraOpThreads);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            if (gpu) {
                Cuda.addTo(options);
            }
            session = environment.createSession(model.toString(), options);
        }
        inputShape = ((TensorInfo) session.getInputInfo().get("pixels").getInfo()).getShape();
        classes = ((TensorInfo) session.getOutputInfo().get("probabilities").getInfo()).getShape()[1];
        dim = ((TensorInfo) session.getOutputInfo().get("embedding").getInfo()).getShape()[1];
    }

    /** H of the model's input. */
    int height() {
        return (int) inputShape[1];
    }

    /** W of the model's input. */
    int width() {
        return (int) inputShape[2];
    }

    /** Runs batches of one size until the deadline; returns how many images that were. For one thread. */
    long run(int batch, long nanoDeadline) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        byte[] noise = new byte[batch * height() * width() * 3];
        new Random(batch).nextBytes(noise);
        ByteBuffer pixels = ByteBuffer.allocateDirect(noise.length).put(noise).flip();
        FloatBuffer probabilities = floats(batch * classes);
        FloatBuffer embedding = floats(batch * dim);
        long[] shape = {batch, inputShape[1], inputShape[2], 3};
        long images = 0;
        try (OnnxTensor input = OnnxTensor.createTensor(environment, pixels, shape, OnnxJavaType.UINT8);
                OnnxTensor first = OnnxTensor.createTensor(environment, probabilities, new long[] {batch, classes});
                OnnxTensor second = OnnxTensor.createTensor(environment, embedding, new long[] {batch, dim})) {
            Map<String, OnnxTensor> inputs = Map.of("pixels", input);
            Map<String, OnnxTensor> outputs = Map.of("probabilities", first, "embedding", second);
            do {
                session.run(inputs, outputs).close();
                images += batch;
            } while (System.nanoTime() < nanoDeadline);
        }
        return images;
    }

    private static FloatBuffer floats(long count) {
        return ByteBuffer.allocateDirect(Math.toIntExact(count * Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
