package io.patchstream.schemas.oracle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumReader;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumWriter;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryDecoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryEncoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.flink.avro.shaded.org.apache.avro.io.EncoderFactory;

/**
 * A reader and writer made of Confluent's registry client and the Avro beside it, framed as Confluent documents it. Names
 * of types are the shaded ones, so nothing of ours can slip in.
 */
final class ConfluentClient implements AutoCloseable {
    private final CachedSchemaRegistryClient client;

    ConfluentClient(String url) {
        client = new CachedSchemaRegistryClient(url, 100);
    }

    int register(String subject, String schema, boolean normalize) throws IOException, RestClientException {
        return client.register(subject, new AvroSchema(schema), normalize);
    }

    int idOf(String subject, String schema) throws IOException, RestClientException {
        return client.getId(subject, new AvroSchema(schema));
    }

    int latestId(String subject) throws IOException, RestClientException {
        return client.getLatestSchemaMetadata(subject).getId();
    }

    Schema byId(int id) throws IOException, RestClientException {
        return ((AvroSchema) client.getSchemaById(id)).rawSchema();
    }

    Collection<String> subjects() throws IOException, RestClientException {
        return client.getAllSubjects();
    }

    byte[] write(int id, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.write(ByteBuffer.allocate(4).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        return bytes.toByteArray();
    }

    GenericRecord read(byte[] bytes) throws IOException, RestClientException {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        if (header.get() != 0) {
            throw new IOException("Unknown magic byte in " + Arrays.toString(bytes));
        }
        Schema schema = byId(header.getInt());
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null);
        GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
        if (!decoder.isEnd()) {
            throw new IOException("bytes are left behind the record");
        }
        return record;
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
