package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Drop;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.TrustedRecords;
import io.patchstream.schemas.Uncertain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** A serde chosen by class name: one byte tells the record, Avro follows. Value {@code OUTAGE} finds no registry. */
final class TestAvro {
    private static final List<Class<? extends SpecificRecordBase>> TYPES =
            List.of(Frame.class, Classification.class, Embedding.class, Drop.class, Uncertain.class, Alarm.class);

    static {
        TrustedRecords.trust();
    }

    private TestAvro() {}

    public static final class Serializer
            implements org.apache.kafka.common.serialization.Serializer<SpecificRecordBase> {
        @Override
        public byte[] serialize(String topic, SpecificRecordBase record) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(TYPES.indexOf(record.getClass()));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            try {
                new SpecificDatumWriter<>(record.getSchema()).write(record, encoder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }
    }

    public static final class Reader implements Deserializer<Object> {
        @Override
        public Object deserialize(String topic, byte[] data) {
            if (Arrays.equals(data, "OUTAGE".getBytes(UTF_8))) {
                throw new SerializationException("no registry", new ConnectException("refused"));
            }
            if (data[0] < 0 || data[0] >= TYPES.size()) {
                throw new SerializationException("unknown magic byte");
            }
            try {
                return new SpecificDatumReader<>(TYPES.get(data[0]))
                        .read(null, DecoderFactory.get().binaryDecoder(data, 1, data.length - 1, null));
            } catch (IOException e) {
                throw new SerializationException("truncated", e);
            }
        }
    }

    static <T> T read(Class<T> type, byte[] data) {
        try (Reader reader = new Reader()) {
            return type.cast(reader.deserialize("", data));
        }
    }

    static byte[] write(SpecificRecordBase record) {
        try (Serializer serializer = new Serializer()) {
            return serializer.serialize("", record);
        }
    }
}
