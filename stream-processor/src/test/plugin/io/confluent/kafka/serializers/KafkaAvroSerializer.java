package io.confluent.kafka.serializers;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** A stand-in with the name of Confluent's: not on any class path, compiled into a jar by the test that needs it. */
public class KafkaAvroSerializer implements Serializer<Object> {
    private StandIn standIn;

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        standIn = new StandIn(getClass(), configs, isKey);
    }

    @Override
    public byte[] serialize(String topic, Object record) {
        SpecificRecord avro = (SpecificRecord) record;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            DataOutputStream header = new DataOutputStream(bytes);
            header.writeByte(0);
            header.writeInt(standIn.register(topic, avro.getSchema()));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new SpecificDatumWriter<>(avro.getSchema()).write(avro, encoder);
        } catch (IOException e) {
            throw new SerializationException("Error serializing Avro message", e);
        }
        return bytes.toByteArray();
    }
}
