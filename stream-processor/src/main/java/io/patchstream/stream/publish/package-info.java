/**
 * What leaves the processor: from a frame's outcome to classifications, embeddings and dead letters, each with its
 * lineage. Knows the wire's records and Kafka's headers, and none of the stages.
 */
package io.patchstream.stream.publish;
