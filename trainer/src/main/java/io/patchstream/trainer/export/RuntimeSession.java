package io.patchstream.trainer.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.patchstream.vision.RuntimeLibraries;
import io.patchstream.vision.model.ModelContract;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An ONNX file as ONNX Runtime runs it, set up as the stream processor sets it up. For one thread; close it. */
final class RuntimeSession implements AutoCloseable {
    /** Reserved, not used: for command lines of some hundred thousand characters. */
    private static final long STACK_BYTES = 64L << 20;

    private final OrtEnvironment environment;
    private final OrtSession session;

    private RuntimeSession(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    /** All optimisations, as in serving. */
    static RuntimeSession open(Path model) {
        return open(model, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    /**
     * Opened on a thread with a large stack: ONNX Runtime 1.29 matches a regular expression against the process's command line
     * by recursion when it opens a model, and a long class path overflows a Java thread's own (2026-11-23).
     *
     * @throws ExportException when ONNX Runtime refuses the file
     */
    static RuntimeSession open(Path model, OrtSession.SessionOptions.OptLevel level) {
        FutureTask<RuntimeSession> task = new FutureTask<>(() -> openHere(model, level));
        new Thread(null, task, "model-load", STACK_BYTES).start();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExportException("interrupted while ONNX Runtime was loading the exported graph", e);
        } catch (ExecutionException e) {
            throw new ExportException(
                    "ONNX Runtime does not load the exported graph: "
                            + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private static RuntimeSession openHere(Path model, OrtSession.SessionOptions.OptLevel level) throws OrtException {
        RuntimeLibraries.unpack();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        // All of it goes by the launcher's ORT_DISABLE_TELEMETRY; this is what can be had without.
        environment.setTelemetry(false);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            return new RuntimeSession(environment, environment.createSession(model.toString(), options));
        }
    }

    /**
     * Runs one batch.
     *
     * @param pixels uint8 {@code [batch, H, W, 3]}
     * @param outputs the outputs wanted
     * @return their elements, row-major, by name
     */
    Map<String, float[]> run(ByteBuffer pixels, int batch, int height, int width, Set<String> outputs) {
        long[] shape = {batch, height, width, 3};
        try (OnnxTensor input = OnnxTensor.createTensor(environment, direct(pixels), shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of(ModelContract.INPUT, input), outputs)) {
            Map<String, float[]> values = new HashMap<>();
            for (Map.Entry<String, ai.onnxruntime.OnnxValue> entry : result) {
                java.nio.FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
                float[] elements = new float[buffer.remaining()];
                buffer.get(elements);
                values.put(entry.getKey(), elements);
            }
            return values;
        } catch (OrtException e) {
            throw new ExportException("ONNX Runtime does not run the exported graph: " + e.getMessage(), e);
        }
    }

    /** The logits of all pictures, {@code [count, K]}, run {@code batch} at a time. */
    float[] logits(LabelledPixels pictures, int batch) {
        return answers(pictures, batch, Set.of(ModelContract.LOGITS)).get(ModelContract.LOGITS);
    }

    /** Some outputs for all pictures, each row by row, run {@code batch} at a time. */
    Map<String, float[]> answers(LabelledPixels pictures, int batch, Set<String> outputs) {
        Map<String, float[]> all = new HashMap<>();
        for (int from = 0; from < pictures.count(); from += batch) {
            int first = from;
            int size = Math.min(batch, pictures.count() - from);
            run(pictures.batch(from, size), size, pictures.height(), pictures.width(), outputs)
                    .forEach((output, some) -> {
                        int width = some.length / size;
                        System.arraycopy(
                                some,
                                0,
                                all.computeIfAbsent(output, name -> new float[pictures.count() * width]),
                                first * width,
                                some.length);
                    });
        }
        return all;
    }

    private static ByteBuffer direct(ByteBuffer pixels) {
        if (pixels.isDirect()) {
            return pixels;
        }
        ByteBuffer copy = ByteBuffer.allocateDirect(pixels.remaining());
        copy.put(pixels.duplicate());
        return copy.flip();
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new ExportException("ONNX Runtime does not close its session: " + e.getMessage(), e);
        }
    }
}
