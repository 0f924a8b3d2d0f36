package io.patchstream.stream.infer;

import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A model on disk that we are willing to load.
 *
 * @param path the ONNX file
 * @param sha256 SHA-256 of the file, followed by those that hold its weights, if any, in the order of their names: 64
 *     hexadecimal digits
 */
record ModelFile(Path path, String sha256) {
    /** Operators that quantise with one scale for the whole batch. */
    private static final Set<String> DYNAMIC_QUANTISERS =
            Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

    /**
     * Examines the file.
     *
     * @throws ContractException when it is missing, is no ONNX file, or quantises dynamically
     */
    static ModelFile examine(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new ContractException("there is no model at " + path.toAbsolutePath());
        }
        OnnxGraph graph = OnnxGraph.read(path);
        for (String operator : graph.operators()) {
            if (DYNAMIC_QUANTISERS.contains(operator)) {
                throw new ContractException(path + " is quantised dynamically (it uses " + operator
                        + "): one scale for a whole batch lets a frame's neighbours move its label, and a replay would"
                        + " not give the same bits; export it as static int8: ./patchstream export --precision int8");
            }
        }
        List<Path> files = new ArrayList<>(List.of(path));
        for (String external : graph.externalFiles()) {
            Path beside = path.resolveSibling(external);
            if (!Files.isRegularFile(beside)) {
                throw new ContractException(path + " keeps weights in " + external + ", which is not beside it");
            }
            files.add(beside);
        }
        return new ModelFile(path, Sha256.of(files));
    }
}
