package io.patchstream.trainer.export;

import io.patchstream.vision.model.ModelContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an export has written.
 *
 * @param model the ONNX file
 * @param golden its golden frames
 * @param contract what the file promises
 * @param bytes size of the model, external weights included
 * @param tolerance of the golden frames, in logits
 * @param quantisation what int8 cost; empty for float
 * @param half what fp16 cost; empty for others
 * @param confidence what the file says of how far it can be believed, in words; empty when the model was not calibrated
 */
public record ExportReport(
        Path model,
        Path golden,
        ModelContract contract,
        long bytes,
        float tolerance,
        Optional<QuantisationReport> quantisation,
        Optional<HalfReport> half,
        List<String> confidence) {
    public ExportReport {
        confidence = List.copyOf(confidence);
    }
}
