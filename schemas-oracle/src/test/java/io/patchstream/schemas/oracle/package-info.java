/**
 * Our serde held against the real Confluent client and its own Avro, as Flink shades them: what one writes the other
 * reads, the bytes are equal, and so are ids and refusals.
 */
package io.patchstream.schemas.oracle;
