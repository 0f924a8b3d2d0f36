package io.patchstream.stream.engine;

import io.patchstream.vision.model.ContractException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model that comes with Patchstream: {@code models/demo/demo-int8.onnx} in the repository. */
public final class DemoModel {
    /** The system property by which the launcher says where the repository is. */
    public static final String HOME = "patchstream.home";

    private static final Path WITHIN_HOME = Path.of("models", "demo", "demo-int8.onnx");

    private DemoModel() {}

    /**
     * Where it is.
     *
     * @throws ContractException when it is not there; the message says what to do
     */
    public static Path locate() {
        Path home = Path.of(System.getProperty(HOME, ""));
        Path model = home.resolve(WITHIN_HOME);
        if (!Files.isRegularFile(model)) {
            throw new ContractException("the demo's model is not at " + model.toAbsolutePath()
                    + ": name a model of your own, or start with ./patchstream, which knows where its repository is"
                    + " (system property " + HOME + ")");
        }
        return model;
    }
}
