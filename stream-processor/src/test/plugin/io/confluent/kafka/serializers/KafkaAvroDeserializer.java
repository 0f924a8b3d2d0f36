package io.confluent.kafka.serializers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** As the serialiser beside it; generic records unless it is told otherwise, like Confluent's. */
public class KafkaAvroDeserializer implements Deserializer<Object> {
    private StandIn standIn;
    private boolean specific;

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        standIn = new StandIn(getClass(), configs, isKey);
        specific = Boolean.parseBoolean(String.valueOf(configs.get("specific.avro.reader")));
    }

    @Override
    public Object deserialize(String topic, byte[] data) {
        ByteBuffer header = ByteBuffer.wrap(data);
        if (header.get() != 0) {
            throw new SerializationException("Unknown magic byte!");
        }
        try {
            Schema writer = standIn.byId(header.getInt());
            GenericDatumReader<Object> reader = specific
                    ? new SpecificDatumReader<>(
                            writer, SpecificData.get().getSchema(SpecificData.get().getClass(writer)))
                    : new GenericDatumReader<>(writer);
            return reader.read(null, DecoderFactory.get().binaryDecoder(data, 5, data.length - 5, null));
        } catch (IOException e) {
            throw new SerializationException("Error deserializing Avro message", e);
        }
    }
}
