package io.patchstream.stream.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.PointIds;
import io.patchstream.stream.publish.PointJson;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Milvus' engine in its small form (milvus-lite), with the collection that {@code create.sh} asks for, filled from the JSON
 * topic; what it finds nearest is what {@code search} finds. The engine is real; the connector is not: a program in Python,
 * {@code src/test/python/milvus_sink.py}, does what its sources do. Profile {@code stores};
 * {@code -Dstores.milvus.python=PROGRAM} is a Python that has what {@code requirements.txt} names, and skipped without.
 */
@ExtendWith(RealKafka.class)
class MilvusStoreIT {
    private static final List<Integer> QUESTIONS =
            IntStream.range(0, 20).mapToObj(i -> 7 + 100 * i).toList();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PYTHON = System.getProperty("stores.milvus.python", "python3");

    @TempDir
    private Path folder;

    @Test
    void shouldFindInMilvusWhatTheIndexFinds(RealKafka.Broker broker) throws Exception {
        assumeTrue(
                hasMilvus(),
                () -> PYTHON + " has no milvus-lite: pip install -r src/test/python/requirements.txt, and"
                        + " -Dstores.milvus.python=PROGRAM");
        Map<String, String> values = new HashMap<>(broker.settings("milvus"));
        values.put("embeddings.format", "json");
        values.put("output.embeddings.json", values.get("output.embeddings") + ".json");
        String topic = Settings.of(values).output().embeddingsJson();
        write(broker.bootstrapServers(), topic);

        List<String> command = new ArrayList<>(List.of(
                PYTHON,
                "src/test/python/milvus_sink.py",
                broker.bootstrapServers(),
                topic,
                "../deploy/connect/milvus.json",
                collection().toString(),
                folder.resolve("milvus.db").toString()));
        QUESTIONS.forEach(question -> command.add(question.toString()));
        List<String> said = run(command, Map.of());
        JsonNode filled = JSON.readTree(said.get(0));
        assertThat(filled.get("read").asInt()).isEqualTo(StorePoints.COUNT + 1);
        assertThat(filled.get("rows").asInt()).isEqualTo(StorePoints.COUNT);
        hasEveryField(JSON.readTree(said.get(1)).get("row"));

        int byIndex = 0;
        for (int i = 0; i < QUESTIONS.size(); i++) {
            List<JsonNode> ours = StorePoints.search(values, QUESTIONS.get(i));
            JsonNode exact = JSON.readTree(said.get(1 + i)).get("exact");
            List<String> indexed = new ArrayList<>();
            JSON.readTree(said.get(1 + i)).get("indexed").get("ids").forEach(id -> indexed.add(id.asText()));
            for (int rank = 0; rank < StorePoints.K; rank++) {
                String id = ours.get(rank).get("id").asText();
                assertThat(exact.get("ids").get(rank).asText()).isEqualTo(id);
                assertThat(exact.get("distances").get(rank).asDouble())
                        .isCloseTo(ours.get(rank).get("distance").asDouble(), within(1e-6));
                byIndex += indexed.contains(id) ? 1 : 0;
            }
        }
        double recall = byIndex / (double) (StorePoints.K * QUESTIONS.size());
        System.out.printf(
                "%s: %d records in %.1f s; exact: the same %d ids for %d questions; recall of its index %.3f%n",
                filled.get("engine").asText(),
                StorePoints.COUNT + 1,
                filled.get("seconds").asDouble(),
                StorePoints.K,
                QUESTIONS.size(),
                recall);
        assertThat(recall).isGreaterThan(0.8);
    }

    /** Of frame 7, whose point came twice. */
    private static void hasEveryField(JsonNode row) {
        assertThat(row.get("payload_label").asText()).isEqualTo("bird");
        assertThat(row.get("id").asText())
                .isEqualTo(PointIds.of("camera-3", "frame-7", 0, "5ba").toString());
        assertThat(row.get("payload_camera").asText()).isEqualTo("camera-3");
        assertThat(row.get("payload_frame").asText()).isEqualTo("frame-7");
        assertThat(row.get("payload_picture").asInt()).isZero();
        assertThat(row.get("payload_captured_at").asText()).isEqualTo("2026-11-23T12:00:00.007Z");
        assertThat(row.get("payload_probability").asDouble()).isCloseTo(0.9, within(1e-6));
        assertThat(row.get("payload_model").asText()).isEqualTo("tiny");
        assertThat(row.get("payload_model_sha256").asText()).isEqualTo("5ba");
        assertThat(row.get("payload_source_topic").asText()).isEqualTo("frames");
        assertThat(row.get("payload_source_partition").asInt()).isZero();
        assertThat(row.get("payload_source_offset").asLong()).isEqualTo(7);
    }

    private static boolean hasMilvus() throws InterruptedException {
        try {
            return new ProcessBuilder(PYTHON, "-c", "import confluent_kafka, milvus_lite, pymilvus")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What {@code create.sh} would send: its curl is one that prints what it was to send. */
    private Path collection() throws IOException, InterruptedException {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Path curl = Files.writeString(
                tools.resolve("curl"), "#!/bin/sh\nfor last; do :; done\nprintf '%s' \"$last\" | tr -d '\\n'\n");
        assertThat(curl.toFile().setExecutable(true)).isTrue();
        String path = tools + File.pathSeparator + System.getenv("PATH");
        List<String> body = run(
                List.of("sh", "../deploy/connect/create.sh", "milvus"),
                Map.of("PATH", path, "DIM", "" + StorePoints.DIM));
        return Files.writeString(folder.resolve("collection.json"), String.join("\n", body));
    }

    /** Committed points, one of them twice; and one in a transaction that is aborted. */
    private static void write(String servers, String topic) throws Exception {
        StorePoints.createTopic(servers, topic);
        Random random = new Random(6);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "transactional.id", topic),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            float[] vector = {};
            for (int i = 0; i < StorePoints.COUNT; i++) {
                vector = StorePoints.vector(random, i);
                send(producer, topic, StorePoints.point(i, vector, i % 3 == 0 ? "cat" : "dog"));
                if (i == 7) {
                    send(producer, topic, StorePoints.point(i, vector, "bird"));
                }
            }
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, topic, StorePoints.point(StorePoints.COUNT, vector, "taken back"));
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, Embedding point) {
        producer.send(new ProducerRecord<>(topic, point.getId().getBytes(UTF_8), PointJson.write(point)));
    }

    private List<String> run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "run", ".out");
        Path err = Files.createTempFile(folder, "run", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        return Files.readAllLines(out);
    }
}
