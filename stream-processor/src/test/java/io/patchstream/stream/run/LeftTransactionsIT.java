package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An earlier start has left a transaction open under an id that no thread of this one has. */
@ExtendWith(RealKafka.class)
class LeftTransactionsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int FRAMES = 20;

    @Test
    void shouldAbortItsOwnAndLeaveItsNeighboursAlone(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("left"));
        values.put("instance.id", "pod-0");
        values.put("threads", "1");
        values.put("commit.interval", "200ms");
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 1);
        String own = settings.stream().applicationId() + "-pod-0-7";
        String neighbours = settings.stream().applicationId() + "-pod-0-1-7";
        try (KafkaProducer<byte[], byte[]> left =
                        open(own, settings, settings.output().labels());
                KafkaProducer<byte[], byte[]> neighbour =
                        open(neighbours, settings, settings.output().drops());
                FrameFeeder feeder = new FrameFeeder(settings, 2, number -> ("picture " + number).getBytes(UTF_8));
                Progress progress = new Progress(settings);
                FakeEngine engine = FakeEngine.instant()) {
            feeder.send(FRAMES);
            assertThat(ongoing(broker)).contains(own, neighbours);
            try (StreamProcessor processor = StreamProcessor.start(settings, engine)) {
                processor.awaitRunning(PATIENCE);
                await().atMost(PATIENCE).until(progress::isCommitted);
                // What is committed is visible at once, since nothing is left open before it.
                await().atMost(Duration.ofSeconds(20)).until(progress::isSettled);
            }
            assertThat(ongoing(broker)).doesNotContain(own).contains(neighbours);
            neighbour.commitTransaction();
            assertThat(FrameAccounts.audit(settings).lost()).isEmpty();
        }
    }

    /** A producer with an open transaction, which times out in ten minutes. */
    private static KafkaProducer<byte[], byte[]> open(String id, Settings settings, String topic) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        settings.kafka().get("bootstrap.servers"),
                        "transactional.id",
                        id,
                        "transaction.timeout.ms",
                        600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, 0, null, "never seen".getBytes(UTF_8)));
        producer.flush();
        return producer;
    }

    private static List<String> ongoing(RealKafka.Broker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            return admin.listTransactions().all().get().stream()
                    .filter(listing -> listing.state() == TransactionState.ONGOING)
                    .map(TransactionListing::transactionalId)
                    .toList();
        }
    }
}
