/**
 * The engine: decode, batch and infer composed into the one {@code FrameEngine} of a process, which owns their threads and
 * their memory. Knows no Kafka.
 */
package io.patchstream.stream.engine;
