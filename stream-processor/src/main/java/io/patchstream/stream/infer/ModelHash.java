package io.patchstream.stream.infer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The hash by which answers name a model; taken without opening it in ONNX Runtime. */
public final class ModelHash {
    private ModelHash() {}

    /**
     * SHA-256 of the file, followed by those that hold its weights, if any: 64 hexadecimal digits.
     *
     * @throws io.patchstream.vision.model.ContractException when it is no model
     */
    public static String of(Path model) throws IOException {
        return ModelFile.examine(model).sha256();
    }

    /**
     * The names of the files beside it that hold its weights, if any.
     *
     * @throws io.patchstream.vision.model.ContractException when it is no ONNX file
     */
    public static List<String> weightFiles(Path model) throws IOException {
        return List.copyOf(OnnxGraph.read(model).externalFiles());
    }
}
