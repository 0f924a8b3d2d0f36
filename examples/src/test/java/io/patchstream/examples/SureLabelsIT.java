package io.patchstream.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroSerde;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application on a real broker and registry. */
class SureLabelsIT {
    @TempDir
    private Path state;

    @Test
    void shouldReadCommittedLabelsFromABrokerAndARegistry() throws Exception {
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults())) {
            Map<String, Object> clients = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (Admin admin = Admin.create(clients)) {
                List<NewTopic> topics = Stream.concat(
                                Topics.standard().toCreate(2, (short) 1).stream(),
                                Stream.of(new NewTopic("sure", 1, (short) 1)))
                        .toList();
                admin.createTopics(topics).all().get();
            }
            write(kafka, clients);

            Map<String, Object> config = Map.of(
                    "application.id", "sure-labels",
                    "bootstrap.servers", kafka.bootstrapServers(),
                    "schema.registry.url", kafka.registryUrl(),
                    "auto.offset.reset", "earliest",
                    "state.dir", state.toString());
            List<String> read = new ArrayList<>();
            try (KafkaStreams application = SureLabels.application(config, "sure");
                    KafkaConsumer<String, String> consumer = consumer(kafka)) {
                application.start();
                consumer.subscribe(List.of("sure"));
                Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
                    consumer.poll(Duration.ofMillis(200))
                            .forEach(record -> read.add(record.key() + " " + record.value()));
                    return read.contains("door end");
                });
            }
            assertThat(read).containsExactly("door cat", "door end");
        }
    }

    /** A transaction that is taken back, then one that is committed; all of one camera, so that their order is known. */
    private static void write(LocalKafka kafka, Map<String, Object> clients) {
        Map<String, Object> config = new java.util.HashMap<>(clients);
        config.put("transactional.id", "processor");
        try (Serde<Classification> labels =
                        AvroSerde.forValues(Classification.class, Map.of("schema.registry.url", kafka.registryUrl()));
                KafkaProducer<String, Classification> producer =
                        new KafkaProducer<>(config, new StringSerializer(), labels.serializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, "fox", 0.99f);
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "cat", 0.95f);
            send(producer, "dog", 0.6f);
            send(producer, "end", 1);
            producer.commitTransaction();
        }
    }

    private static void send(KafkaProducer<String, Classification> producer, String label, float probability) {
        producer.send(new ProducerRecord<>(
                Topics.standard().labels().name(), "door", Answers.of("door", label, probability)));
    }

    private static KafkaConsumer<String, String> consumer(LocalKafka kafka) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "group.id", "reader",
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }
}
