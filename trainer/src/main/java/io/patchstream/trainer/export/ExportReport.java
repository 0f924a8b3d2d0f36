package io.patchstream.trainer.export;

import io.patchstream.vision.model.ModelContract;
import java.nio.file.Path;
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
 */
public record ExportReport(
        Path model,
        Path golden,
        ModelContract contract,
        long bytes,
        float tolerance,
        Optional<QuantisationReport> quantisation,
        Optional<HalfReport> half) {}
