/**
 * A frame on its way through the engine: the ticket that it is, the lanes in which it queues fairly, the pixels that it
 * leases, and the seams that decode, batch and infer meet at without knowing each other. Knows no Kafka, no JavaCV and
 * no ONNX Runtime.
 */
package io.patchstream.stream.flight;
