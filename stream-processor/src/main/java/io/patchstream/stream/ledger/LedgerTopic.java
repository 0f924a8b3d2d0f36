package io.patchstream.stream.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.LedgerEntry;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.Serdes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** The ledger's topic: the newest entry of each source partition, and what comes after it. */
final class LedgerTopic implements AutoCloseable {
    private final TopicSpec spec;
    private final Serializer<Object> serializer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<TopicPartition, LedgerEntry> newest = new HashMap<>();

    private LedgerTopic(TopicSpec spec, Serializer<Object> serializer, KafkaProducer<byte[], byte[]> producer) {
        this.spec = spec;
        this.serializer = serializer;
        this.producer = producer;
    }

    /** Creates the topic if it is missing and may be created, and reads what is there; the caller closes it. */
    @MustBeClosed
    static LedgerTopic open(Settings settings, TopicSpec spec, Lookup lookup) {
        lookup.ensure(settings, spec);
        Map<String, Object> config = new HashMap<>(Lookup.clients(settings).getProducerConfigs("patchstream-ledger"));
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        LedgerTopic topic = new LedgerTopic(
                spec,
                Serdes.serializer(settings.serde()),
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
        try {
            topic.read(settings, lookup);
            return topic;
        } catch (RuntimeException e) {
            topic.close();
            throw e;
        }
    }

    private void read(Settings settings, Lookup lookup) {
        try (AvroDeserializer<LedgerEntry> entries = new AvroDeserializer<>(LedgerEntry.class)) {
            entries.configure(settings.serde().config(), false);
            lookup.readAll(spec.name(), record -> {
                if (record.value() != null) {
                    LedgerEntry entry = entries.deserialize(record.topic(), record.value());
                    newest.put(new TopicPartition(entry.getSourceTopic(), entry.getSourcePartition()), entry);
                }
            });
        }
    }

    /** The newest entry of a source partition. */
    Optional<LedgerEntry> newest(TopicPartition source) {
        return Optional.ofNullable(newest.get(source));
    }

    /** Appends an entry and waits until the broker has it. */
    void write(LedgerEntry entry) throws InterruptedException {
        byte[] key = (entry.getSourceTopic() + "-" + entry.getSourcePartition()).getBytes(UTF_8);
        try {
            producer.send(new ProducerRecord<>(spec.name(), key, serializer.serialize(spec.name(), entry)))
                    .get();
        } catch (ExecutionException e) {
            throw new ProcessorFailedException(
                    "topic " + spec.name() + " takes no entry: " + e.getCause().getMessage(), e.getCause());
        }
        newest.put(new TopicPartition(entry.getSourceTopic(), entry.getSourcePartition()), entry);
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
