/**
 * From parameters to an ONNX file that carries its own contract: the graph, its int8 form, the checks before anything is
 * written, and the golden frames beside it.
 *
 * <p>The way: {@link io.patchstream.trainer.export.Exporter} → {@code TransformerGraph} → (int8: {@code Calibration} →
 * {@code StaticQuantisation} → {@code AccuracyGate}) → {@code OnnxModel} → golden frames. From a file that was exported so, {@code ExplainExport} makes another that also says
 * what it looks at.
 *
 * <p>Shapes: B batch, T tokens (with the class token, where there is one), D hidden size, h heads, M MLP size, K classes.
 */
package io.patchstream.trainer.export;
