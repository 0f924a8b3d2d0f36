package io.patchstream.trainer.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the inputs of a float model's dense layers are, on pictures of the kind that it will see. */
final class Calibration {
    private final Map<String, ActivationHistogram> seen = new LinkedHashMap<>();

    private Calibration() {}

    /**
     * Runs the float model with those inputs as further outputs.
     *
     * @param layers names of MatMul nodes
     * @param folder where the instrumented model may lie meanwhile
     */
    static Calibration of(OnnxModel model, List<String> layers, LabelledPixels pictures, Path folder)
            throws IOException {
        Map<String, String> inputOf = new LinkedHashMap<>();
        for (OnnxNode node : model.graph().nodes()) {
            if (layers.contains(node.name())) {
                inputOf.put(node.name(), node.inputs().get(0));
            }
        }
        List<String> inputs = List.copyOf(new HashSet<>(inputOf.values()));
        OnnxModel instrumented = model.withGraph(model.graph().exposing(inputs));
        Path file = folder.resolve("instrumented.onnx");
        instrumented.write(file);
        Map<String, ActivationHistogram> byInput = new LinkedHashMap<>();
        try (RuntimeSession session = RuntimeSession.open(file)) {
            // One by one: the intermediate values of a batch of a large model would not fit.
            for (int i = 0; i < pictures.count(); i++) {
                session.run(pictures.batch(i, 1), 1, pictures.height(), pictures.width(), new HashSet<>(inputs))
                        .forEach((input, values) -> byInput.computeIfAbsent(input, name -> new ActivationHistogram())
                                .add(values));
            }
        }
        Calibration calibration = new Calibration();
        inputOf.forEach((layer, input) -> calibration.seen.put(layer, byInput.get(input)));
        return calibration;
    }

    /** The range of each layer's input. */
    Map<String, ActivationRange> ranges(RangeMethod method) {
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        seen.forEach((layer, histogram) -> ranges.put(layer, method.range(histogram)));
        return ranges;
    }
}
