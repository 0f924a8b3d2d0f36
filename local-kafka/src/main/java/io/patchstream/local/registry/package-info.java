/**
 * A schema registry for Avro that speaks Confluent's REST API, in this process and on loopback: subjects, versions, ids,
 * compatibility, deletions, kept in a log file.
 *
 * <p>A call travels {@link io.patchstream.local.registry.SchemaRegistryServer} (HTTP) → {@code RegistryApi} (which call
 * is it, what does it answer) → {@code Registry} (the rules) → {@code ChangeLog} (on disk before the answer) →
 * {@code RegistryState} (what is known now).
 */
package io.patchstream.local.registry;
