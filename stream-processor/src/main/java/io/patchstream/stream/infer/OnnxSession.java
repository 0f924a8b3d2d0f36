package io.patchstream.stream.infer;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.RuntimeLibraries;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.ModelContract;
import io.patchstream.vision.model.Preprocessing;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One ONNX Runtime session on one device, held to the contract that its file carries. Shared by runners. */
final class OnnxSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxSession.class);
    private static final OptLevel OPTIMISATION = OptLevel.ALL_OPT;

    private final OrtSession session;
    private final boolean gpu;
    private final int run;
    private final ModelContract contract;
    private final String fingerprint;
    private boolean closed;

    private OnnxSession(OrtSession session, boolean gpu, int run, ModelContract contract, String fingerprint) {
        this.session = session;
        this.gpu = gpu;
        this.run = run;
        this.contract = contract;
        this.fingerprint = fingerprint;
    }

    /**
     * Loads the file; the caller closes the session.
     *
     * @throws ContractException when the file does not load, or is not as its contract says
     */
    @MustBeClosed
    static OnnxSession open(ModelFile file, SessionSettings settings) {
        return settings.provider() == Provider.AUTO
                ? cudaOrCpu(file, settings)
                : load(file, settings, placement(file, settings));
    }

    /** The one that is asked for; refuses where it cannot be had. */
    private static Placement placement(ModelFile file, SessionSettings settings) {
        return switch (settings.provider()) {
            case AUTO, CPU -> Placement.CPU;
            case CUDA -> {
                requireCuda("CUDA");
                yield new CudaPlacement();
            }
            case TENSORRT -> {
                requireCuda("TensorRT");
                yield new TensorRtPlacement(input(file, settings), settings.accelerator());
            }
            case OPENVINO -> new OpenVinoPlacement(settings.accelerator());
        };
    }

    private static void requireCuda(String what) {
        Cuda.missing().ifPresent(missing -> {
            throw new ContractException("the setting asks for " + what + ", but " + missing
                    + "; set the provider to AUTO or CPU, or mend that");
        });
    }

    /** TensorRT wants to know it before the model is loaded; the CPU can tell. */
    private static Preprocessing input(ModelFile file, SessionSettings settings) {
        try (OnnxSession session = load(file, settings, Placement.CPU)) {
            return session.contract().preprocessing();
        }
    }

    @MustBeClosed
    private static OnnxSession cudaOrCpu(ModelFile file, SessionSettings settings) {
        Optional<String> missing = Cuda.missing();
        if (missing.isPresent()) {
            LOG.atInfo().addKeyValue("reason", missing.get()).log("inference runs on the CPU");
            return load(file, settings, Placement.CPU);
        }
        try {
            return load(file, settings, new CudaPlacement());
        } catch (ContractException e) {
            LOG.atWarn()
                    .setCause(e)
                    .log("A GPU IS HERE BUT CANNOT BE USED: inference runs on the CPU, many times slower. ONNX Runtime"
                            + " needs CUDA 12 and cuDNN 9 libraries on its path");
            return load(file, settings, Placement.CPU);
        }
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller.
    static OnnxSession load(ModelFile file, SessionSettings settings, Placement placement) {
        return DeepStack.call(() -> loadHere(file, settings, placement));
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller, or closed on the way out.
    private static OnnxSession loadHere(ModelFile file, SessionSettings settings, Placement placement) {
        RuntimeLibraries.unpack()
                .ifPresent(
                        reason -> LOG.atWarn()
                                .addKeyValue("reason", reason)
                                .log(
                                        "ONNX Runtime's libraries cannot be kept in JavaCPP's cache; it unpacks them for this process"));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession session = null;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            Telemetry.off(environment);
            options.setOptimizationLevel(OPTIMISATION);
            options.setIntraOpNumThreads(settings.intraOpThreads());
            options.setInterOpNumThreads(1);
            // Spinning threads take the cores from decoding: 84-93 CPU-ms per image with, 42-44 without (ViT-Ti).
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.setDeterministicCompute(true);
            placement.addTo(environment, options);
            session = environment.createSession(file.path().toString(), options);
            ModelContract contract =
                    ModelContract.fromMetadata(session.getMetadata().getCustomMetadata());
            check(session, contract);
            return new OnnxSession(
                    session,
                    placement.gpu(),
                    placement.isFilledUp() ? settings.accelerator().gpuBatch() : 0,
                    contract,
                    Fingerprint.of(
                            environment.getVersion(), placement.name(), OPTIMISATION.name(), settings.decodeScale()));
        } catch (OrtException | ContractException e) {
            closeAfter(session, e);
            throw new ContractException(file.path() + " cannot be served: " + e.getMessage(), e);
        }
    }

    private static void closeAfter(OrtSession session, Exception e) {
        if (session != null) {
            try {
                session.close();
            } catch (OrtException alsoThis) {
                e.addSuppressed(alsoThis);
            }
        }
    }

    private static void check(OrtSession session, ModelContract contract) throws OrtException {
        int height = contract.preprocessing().height();
        int width = contract.preprocessing().width();
        Map<String, NodeInfo> inputs = session.getInputInfo();
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        if (inputs.size() != 1) {
            throw new ContractException(
                    "its inputs are " + inputs.keySet() + "; it must have one, " + ModelContract.INPUT);
        }
        check(inputs, ModelContract.INPUT, OnnxJavaType.UINT8, -1, height, width, 3);
        int classes = contract.labels().size();
        check(outputs, ModelContract.LOGITS, OnnxJavaType.FLOAT, -1, classes);
        check(outputs, ModelContract.PROBABILITIES, OnnxJavaType.FLOAT, -1, classes);
        check(outputs, ModelContract.EMBEDDING, OnnxJavaType.FLOAT, -1, contract.embeddingSize());
        if (contract.distances().isPresent()) {
            check(outputs, ModelContract.DISTANCE, OnnxJavaType.FLOAT, -1);
        }
    }

    private static void check(Map<String, NodeInfo> nodes, String name, OnnxJavaType type, long... shape) {
        NodeInfo node = nodes.get(name);
        if (node == null) {
            throw new ContractException("it has no " + name + "; it has " + nodes.keySet());
        }
        if (!(node.getInfo() instanceof TensorInfo tensor)
                || tensor.type != type
                || !Arrays.equals(tensor.getShape(), shape)) {
            throw new ContractException("its " + name + " is " + node.getInfo() + "; the contract says " + type
                    + " of shape " + Arrays.toString(shape));
        }
    }

    OrtSession session() {
        return session;
    }

    /** Whether it runs on a GPU, or what is like one: with threads of its own, by the clock. */
    boolean gpu() {
        return gpu;
    }

    /** How many pictures each run has, filled up where fewer came; 0 where it has as many as came. */
    int run() {
        return run;
    }

    ModelContract contract() {
        return contract;
    }

    /** With {@code pictures} in each run; 0 for as many as come. */
    String fingerprint(int pictures) {
        return pictures == 0 ? fingerprint : fingerprint + ";batch=" + pictures;
    }

    /** May be called twice. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                session.close();
            } catch (OrtException e) {
                LOG.atWarn().setCause(e).log("a session did not close; its memory stays until the process ends");
            }
        }
    }
}
