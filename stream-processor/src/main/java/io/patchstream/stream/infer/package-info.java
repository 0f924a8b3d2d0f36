/**
 * Infer: a model on ONNX Runtime. Loads a file, holds it to its contract, replays its golden frames, chooses the device,
 * and runs batches in memory that is reused. The only package that knows ONNX Runtime; knows no Kafka.
 */
package io.patchstream.stream.infer;
