package io.patchstream.stream.alarms;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.schemas.serde.SchemaRegistryException;
import io.patchstream.stream.settings.Settings;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Alarms from their records. For one thread. */
public class AlarmReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmReader.class);

    private final AvroDeserializer<Alarm> values = new AvroDeserializer<>(Alarm.class);

    public AlarmReader(Settings settings) {
        values.configure(settings.serde().config(), false);
    }

    /**
     * The alarm of a record; empty, which is logged, where the record is at fault.
     *
     * @throws io.patchstream.schemas.serde.SchemaRegistryUnavailableException when no registry answers; a later try may succeed
     * @throws SchemaRegistryException when it refuses: no record of ours may be left out for that
     */
    public Optional<Alarm> read(ConsumerRecord<byte[], byte[]> record) {
        try {
            Optional<Alarm> alarm = Optional.ofNullable(values.deserialize(record.topic(), record.value()));
            if (alarm.isEmpty()) {
                complain(record, "it has no value");
            }
            return alarm;
        } catch (SchemaRegistryException e) {
            if (!e.isUnknownSchema()) {
                throw e;
            }
            complain(record, e.getMessage());
        } catch (SerializationException e) {
            complain(record, e.getMessage());
        }
        return Optional.empty();
    }

    private static void complain(ConsumerRecord<byte[], byte[]> record, String why) {
        LOG.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("why", why)
                .log("record is no alarm, and is left out");
    }

    @Override
    public void close() {
        values.close();
    }
}
