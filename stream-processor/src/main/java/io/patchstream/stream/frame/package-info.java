/**
 * The vocabulary of the stream processor: what a frame is, what may become of it, and the engine that answers it. Every
 * stage knows these words and none of the other stages; nothing here knows Kafka, JavaCV or ONNX Runtime.
 */
package io.patchstream.stream.frame;
