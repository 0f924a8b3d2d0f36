/**
 * A real KRaft broker and a schema registry in this process, on loopback only: what {@code demo} runs on, what the
 * integration tests talk to, and what {@code local} serves.
 *
 * <p>{@link io.patchstream.local.LocalKafka} is the one entry point. Kafka's server is not public API: only
 * {@code KraftBroker} touches it. It is one node with replication factor 1, for a desk and for tests, not for keeping
 * data that must not be lost with the machine.
 */
package io.patchstream.local;
