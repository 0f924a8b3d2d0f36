/**
 * The topology: frames in, each with exactly one answer out. Records are submitted to the engine when they are polled
 * ({@link io.patchstream.stream.topology.LookAhead}) and answered in order when they are processed
 * ({@link io.patchstream.stream.topology.FrameClassifier}); in between nothing is buffered that Kafka Streams does not
 * know of.
 */
package io.patchstream.stream.topology;
