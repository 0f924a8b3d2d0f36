/**
 * Avro on Kafka as Confluent puts it there: one zero byte, four bytes of schema id, Avro binary; the schema in a registry
 * that speaks Confluent's REST API.
 *
 * <p>{@link io.patchstream.schemas.serde.AvroSerializer} and {@link io.patchstream.schemas.serde.AvroDeserializer} are
 * chosen by class name and take Confluent's own settings, so that {@code io.confluent.kafka.serializers.KafkaAvroSerializer}
 * can stand in for them, and they for it, with the same properties file. They share the bytes with it, not the code.
 *
 * <p>What goes wrong is one of three: {@link io.patchstream.schemas.serde.WireFormatException} (the bytes are not ours),
 * {@link io.patchstream.schemas.serde.SchemaRegistryException} (the registry answered no) and
 * {@link io.patchstream.schemas.serde.SchemaRegistryUnavailableException} (the registry did not answer; worth another
 * try). A record that does not decode with its schema is a plain {@code SerializationException}. No message carries
 * credentials.
 */
package io.patchstream.schemas.serde;
