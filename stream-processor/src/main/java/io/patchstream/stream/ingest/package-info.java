/**
 * Ingest: the cameras' side. A {@link io.patchstream.stream.ingest.FrameFeed} gives encoded pictures, a
 * {@link io.patchstream.stream.ingest.Camera} paces them and reconnects, a
 * {@link io.patchstream.stream.ingest.FramePublisher} puts them into Kafka. Knows nothing of the processor.
 */
package io.patchstream.stream.ingest;
