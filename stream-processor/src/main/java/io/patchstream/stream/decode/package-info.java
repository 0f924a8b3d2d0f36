/**
 * Decode: from a record's bytes to the model's input, on threads of its own, in the order that is fair and with what is
 * waited for first. A frame that cannot be read is rejected; no other notices. Knows no Kafka and no ONNX Runtime.
 */
package io.patchstream.stream.decode;
