package io.patchstream.stream.engine;

import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.stream.infer.Provider;
import io.patchstream.stream.infer.SessionSettings;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that comes with Patchstream: {@code models/demo/demo-int8.onnx} in the repository, and {@code demo-fp32.onnx}
 * beside it where the processor does not compute the int8 one right, as its golden frames tell.
 */
public final class DemoModel {
    /** The system property by which the launcher says where the repository is. */
    public static final String HOME = "patchstream.home";

    private static final Logger LOG = LoggerFactory.getLogger(DemoModel.class);
    private static final Path FOLDER = Path.of("models", "demo");

    private DemoModel() {}

    /** The folder of its files. */
    public static Path folder() {
        return Path.of(System.getProperty(HOME, "")).resolve(FOLDER);
    }

    /**
     * Where the form of it is that computes here what it computed where it was made.
     *
     * @throws ContractException when it is not there; the message says what to do
     */
    public static Path locate() {
        return locate(Path.of(System.getProperty(HOME, "")));
    }

    /** The same, in the repository {@code home}. */
    static Path locate(Path home) {
        Path folder = home.resolve(FOLDER);
        Path int8 = folder.resolve("demo-int8.onnx");
        if (!Files.isRegularFile(int8)) {
            throw new ContractException("the demo's model is not at " + int8.toAbsolutePath()
                    + ": name a model of your own, or start with ./patchstream, which knows where its repository is"
                    + " (system property " + HOME + ")");
        }
        Path fp32 = folder.resolve("demo-fp32.onnx");
        if (Files.isRegularFile(fp32) && !isProven(int8)) {
            return fp32;
        }
        return int8;
    }

    private static boolean isProven(Path model) {
        try (OnnxModel opened =
                OnnxModel.open(model, new SessionSettings(Provider.CPU, 1, true, 1, DecodeScale.FULL))) {
            return !opened.served().sha256().isEmpty();
        } catch (ContractException e) {
            LOG.atWarn()
                    .addKeyValue("model", model)
                    .addKeyValue("reason", e.getMessage())
                    .log("the demo's int8 model does not compute here what it computed where it was made; its float32"
                            + " form answers instead");
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
