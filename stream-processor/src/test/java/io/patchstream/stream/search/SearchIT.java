package io.patchstream.stream.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.EmbeddingLineage;
import io.patchstream.schemas.EmbeddingPayload;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.index.EmbeddingFeed;
import io.patchstream.stream.index.PointFilter;
import io.patchstream.stream.index.UnitVector;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

/** The index and its verb on a real broker. */
@ExtendWith(RealKafka.class)
class SearchIT {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Result(int exitCode, String out, String err) {}

    private static Result search(Map<String, String> settings, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        settings.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(new SearchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(line.toArray(String[]::new));
        return new Result(exitCode, out.toString(), err.toString());
    }

    private static Embedding embedding(int number, float... vector) {
        List<Float> values = new ArrayList<>();
        for (float value : vector) {
            values.add(value);
        }
        return new Embedding(
                "patchstream",
                "point-" + number,
                values,
                vector.length,
                "tiny",
                new EmbeddingPayload(
                        "camera-" + number % 2, "frame-" + number, 0, NOON.plusSeconds(number), "cat", 0.9f),
                new EmbeddingLineage("5ba", "", "", "frames", 0, (long) number));
    }

    @Test
    void shouldIndexWhatIsCommittedAndFindItByFrame(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = broker.settings("search");
        Settings settings = Settings.of(values);
        String topic = settings.output().embeddings();
        String servers = settings.kafka().get("bootstrap.servers");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
        try (AvroSerializer<Embedding> serializer = new AvroSerializer<>();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers, "transactional.id", topic),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            serializer.configure(settings.serde().config(), false);
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 10; i++) {
                Embedding point = embedding(i, 1, i / 10f, 0);
                producer.send(new ProducerRecord<>(
                        topic, i % 2, point.getId().getBytes(UTF_8), serializer.serialize(topic, point)));
            }
            producer.send(new ProducerRecord<>(topic, 0, "point-2".getBytes(UTF_8), null));
            producer.send(new ProducerRecord<>(topic, 0, "rubbish".getBytes(UTF_8), "rubbish".getBytes(UTF_8)));
            producer.commitTransaction();
            producer.beginTransaction();
            Embedding aborted = embedding(11, 1, 0, 0);
            producer.send(new ProducerRecord<>(
                    topic, 0, aborted.getId().getBytes(UTF_8), serializer.serialize(topic, aborted)));
            producer.flush();
            producer.abortTransaction();

            Result found = search(values, "--frame", "frames:0:0", "-k", "3", "--json");
            assertThat(found.exitCode()).as(found.err()).isZero();
            assertThat(found.err()).contains("1 records of topic " + topic + " are no embeddings");
            List<JsonNode> lines = new ArrayList<>();
            for (String line : found.out().lines().toList()) {
                lines.add(JSON.readTree(line));
            }
            // 2 has a tombstone, 11 was aborted.
            assertThat(lines)
                    .extracting(line -> line.get("source_offset").asInt())
                    .containsExactly(0, 1, 3);
            assertThat(lines.get(2).get("distance").asDouble())
                    .isCloseTo(1 - 1 / Math.sqrt(1.09), org.assertj.core.api.Assertions.within(1e-6));

            Result odd = search(values, "--frame", "frames:0:0", "--camera", "camera-1", "-k", "1");
            assertThat(odd.out()).contains("camera-1  2026-11-23T12:00:01Z  cat 90.0 %  frames:0:1");
            Result newest = search(values, "--to", "2026-11-23T12:00:08Z", "-k", "2");
            assertThat(newest.out().lines()).hasSize(2).first().asString().startsWith("camera-1  2026-11-23T12:00:07Z");
            assertThat(search(values, "--frame", "frames:0:2").exitCode()).isEqualTo(1);
            assertThat(search(values, "--frame", "frames").exitCode()).isEqualTo(2);

            try (EmbeddingFeed feed = EmbeddingFeed.open(settings, 100)) {
                feed.catchUp();
                assertThat(feed.spaces().size()).isEqualTo(9);
                feed.follow();
                producer.beginTransaction();
                Embedding late = embedding(20, 0, 0, 1);
                producer.send(new ProducerRecord<>(
                        topic, 1, late.getId().getBytes(UTF_8), serializer.serialize(topic, late)));
                producer.send(new ProducerRecord<>(topic, 1, "point-1".getBytes(UTF_8), null));
                producer.commitTransaction();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> feed.spaces()
                                .of("5ba")
                                .orElseThrow()
                                .index()
                                .get("point-1")
                                .isEmpty());
                assertThat(feed.spaces()
                                .of("5ba")
                                .orElseThrow()
                                .index()
                                .search(UnitVector.of(new float[] {0, 0, 2}), 1, PointFilter.ALL))
                        .singleElement()
                        .satisfies(nearest -> assertThat(nearest.point().id()).isEqualTo("point-20"));
                assertThat(feed.failure()).isEmpty();
            }
        }
    }
}
