package io.confluent.connect.avro;

import io.patchstream.schemas.serde.AvroDeserializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;

/**
 * A stand-in with the name of Confluent's, so that connector files run as they are: reads with our deserialiser, makes
 * Connect's structs of what an {@code Embedding} is made of. Microseconds stay a number, as Confluent's leaves them.
 */
public class AvroConverter implements Converter {
    private final AvroDeserializer<GenericRecord> deserializer = new AvroDeserializer<>();

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        deserializer.configure(configs, isKey);
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        throw new DataException("this stand-in only reads");
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
        if (value == null) {
            return SchemaAndValue.NULL;
        }
        GenericRecord record = deserializer.deserialize(topic, value);
        Schema schema = schema(record.getSchema());
        return new SchemaAndValue(schema, value(schema, record));
    }

    private static Schema schema(org.apache.avro.Schema avro) {
        switch (avro.getType()) {
            case RECORD:
                SchemaBuilder struct = SchemaBuilder.struct().name(avro.getFullName());
                avro.getFields().forEach(field -> struct.field(field.name(), schema(field.schema())));
                return struct.build();
            case ARRAY:
                return SchemaBuilder.array(schema(avro.getElementType())).build();
            case STRING:
                return Schema.STRING_SCHEMA;
            case INT:
                return Schema.INT32_SCHEMA;
            case LONG:
                return Schema.INT64_SCHEMA;
            case FLOAT:
                return Schema.FLOAT32_SCHEMA;
            default:
                throw new DataException("an embedding has no " + avro.getType());
        }
    }

    private static Object value(Schema schema, Object avro) {
        switch (schema.type()) {
            case STRUCT:
                Struct struct = new Struct(schema);
                schema.fields().forEach(field ->
                        struct.put(field, value(field.schema(), ((GenericRecord) avro).get(field.name()))));
                return struct;
            case ARRAY:
                List<Object> values = new ArrayList<>();
                ((List<?>) avro).forEach(one -> values.add(value(schema.valueSchema(), one)));
                return values;
            case STRING:
                return avro.toString();
            default:
                return avro;
        }
    }
}
