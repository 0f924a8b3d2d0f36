package io.patchstream.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;

/** Writes the records of one schema under one id; shared between threads. */
interface RecordWriter {
    /** The id that goes in front. */
    int schemaId();

    /** Writes the Avro binary of a record. */
    void write(IndexedRecord record, Encoder encoder) throws IOException;

    /**
     * Writes records as they are.
     *
     * @param model the generated class's own, which holds the conversions of its logical types
     */
    static RecordWriter of(int schemaId, Schema schema, SpecificData model) {
        DatumWriter<IndexedRecord> writer = new SortedMapWriter<>(schema, model);
        return new RecordWriter() {
            @Override
            public int schemaId() {
                return schemaId;
            }

            @Override
            public void write(IndexedRecord record, Encoder encoder) throws IOException {
                writer.write(record, encoder);
            }
        };
    }

    /**
     * Writes records as another schema has them: fields by name, its defaults where the record has none. Records whose
     * binary is the same under both, which is the rule, take the short way.
     *
     * @throws SchemaRegistryException if the other schema cannot hold these records
     */
    static RecordWriter resolving(String subject, Schema schema, SpecificData model, RegisteredSchema latest) {
        if (SchemaNormalization.toParsingForm(schema).equals(SchemaNormalization.toParsingForm(latest.schema()))) {
            return of(latest.id(), schema, model);
        }
        SchemaPairCompatibility compatibility =
                SchemaCompatibility.checkReaderWriterCompatibility(latest.schema(), schema);
        if (compatibility.getType() != SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE) {
            throw new SchemaRegistryException(
                    409,
                    "the newest schema of subject " + subject + " (id " + latest.id() + ") cannot hold a "
                            + schema.getFullName() + ": "
                            + compatibility.getResult().getIncompatibilities());
        }
        RecordWriter own = of(latest.id(), schema, model);
        GenericDatumReader<IndexedRecord> reader = new GenericDatumReader<>(schema, latest.schema());
        DatumWriter<IndexedRecord> writer = new SortedMapWriter<>(latest.schema(), new SpecificData());
        return new RecordWriter() {
            @Override
            public int schemaId() {
                return latest.id();
            }

            @Override
            public void write(IndexedRecord record, Encoder encoder) throws IOException {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                BinaryEncoder first = EncoderFactory.get().directBinaryEncoder(bytes, null);
                own.write(record, first);
                IndexedRecord resolved =
                        reader.read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
                writer.write(resolved, encoder);
            }
        };
    }
}
