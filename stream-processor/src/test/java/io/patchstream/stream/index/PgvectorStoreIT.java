package io.patchstream.stream.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL with pgvector, filled from the embeddings topic by Kafka Connect, Aiven's JDBC connector and
 * {@code deploy/connect/pgvector.json}; what it finds nearest is what {@code search} finds. Profile {@code stores}; needs
 * {@code psql} and
 *
 * <ul>
 *   <li>{@code -Dstores.postgres=postgresql://USER:PASSWORD@HOST:PORT/DATABASE}, empty, with pgvector installed;
 *   <li>{@code -Dstores.connect.libs=FOLDER}: Kafka Connect, the {@code libs} of a Kafka distribution;
 *   <li>{@code -Dstores.connect.jdbc=FOLDER}: the jars of the connector and of PostgreSQL's driver.
 * </ul>
 */
@ExtendWith(RealKafka.class)
class PgvectorStoreIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATABASE = System.getProperty("stores.postgres", "");

    @TempDir
    private Path folder;

    @Test
    void shouldFindInPostgresWhatTheIndexFinds(RealKafka.Broker broker) throws Exception {
        assertThat(DATABASE).as("-Dstores.postgres").isNotEmpty();
        Map<String, String> values = broker.settings("pgvector");
        Settings settings = Settings.of(values);
        String topic = settings.output().embeddings();
        write(settings, topic);
        assertThat(run(
                        List.of("sh", "../deploy/connect/create.sh", "pgvector", DATABASE),
                        Map.of("DIM", "" + StorePoints.DIM)))
                .contains("CREATE TABLE");

        Path log = folder.resolve("connect.log");
        long start = System.nanoTime();
        Process connect = connect(broker, topic, log);
        try {
            // One has a tombstone: it is not there, or it was and goes.
            await().atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        assertThat(connect.isAlive()).as(() -> tail(log)).isTrue();
                        return sql("SELECT count(*) FROM patchstream").equals(Integer.toString(StorePoints.COUNT - 1))
                                && sql("SELECT payload_label FROM patchstream WHERE lineage_source_offset = 7")
                                        .equals("bird");
                    });
            System.out.printf(
                    "%d points in PostgreSQL %.1f s after Connect was started%n",
                    StorePoints.COUNT - 1, (System.nanoTime() - start) / 1e9);
        } finally {
            connect.destroy();
            if (!connect.waitFor(20, TimeUnit.SECONDS)) {
                connect.destroyForcibly();
            }
        }
        assertThat(sql("SELECT count(*) FROM patchstream WHERE payload_label = 'taken back'"))
                .isEqualTo("0");
        assertThat(sql("SELECT payload_captured_at FROM patchstream WHERE lineage_source_offset = 3"))
                .isEqualTo("1795435200003000");
        compare(values);
    }

    private void compare(Map<String, String> values) throws IOException, InterruptedException {
        int byGraph = 0;
        for (int question = 10; question < StorePoints.COUNT; question += 100) {
            List<JsonNode> ours = StorePoints.search(values, question);
            List<String> exact = nearest(question, "SET enable_indexscan = off;");
            Set<String> graph = new HashSet<>(nearest(question, ""));
            assertThat(exact).hasSize(StorePoints.K);
            for (int i = 0; i < StorePoints.K; i++) {
                String[] theirs = exact.get(i).split("\\|");
                assertThat(theirs[0]).isEqualTo(ours.get(i).get("id").asText());
                assertThat(Double.parseDouble(theirs[1]))
                        .isCloseTo(ours.get(i).get("distance").asDouble(), within(1e-6));
            }
            byGraph += (int) exact.stream().filter(graph::contains).count();
        }
        double recall = byGraph / (double) (StorePoints.K * (StorePoints.COUNT / 100));
        System.out.printf(
                "exact: the same %d ids for %d questions; recall of its HNSW %.3f%n",
                StorePoints.K, StorePoints.COUNT / 100, recall);
        assertThat(recall).isGreaterThan(0.8);
    }

    private List<String> nearest(int frame, String how) throws IOException, InterruptedException {
        String asked = "(SELECT vector FROM patchstream WHERE lineage_source_offset = " + frame + ")";
        return sql(how + " SELECT id, vector <=> " + asked + " FROM patchstream ORDER BY vector <=> " + asked
                        + " LIMIT " + StorePoints.K)
                .lines()
                .toList();
    }

    /** Committed points, one of them twice, one with a tombstone; and one in a transaction that is aborted. */
    private static void write(Settings settings, String topic) throws Exception {
        String servers = settings.kafka().get("bootstrap.servers");
        StorePoints.createTopic(servers, topic);
        Random random = new Random(5);
        try (AvroSerializer<Embedding> serializer = new AvroSerializer<>();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers, "transactional.id", topic),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            serializer.configure(settings.serde().config(), false);
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < StorePoints.COUNT; i++) {
                float[] vector = StorePoints.vector(random, i);
                Embedding point = StorePoints.point(i, vector, i % 3 == 0 ? "cat" : "dog");
                byte[] key = point.getId().getBytes(UTF_8);
                producer.send(new ProducerRecord<>(topic, key, serializer.serialize(topic, point)));
                if (i == 7) {
                    producer.send(new ProducerRecord<>(
                            topic, key, serializer.serialize(topic, StorePoints.point(i, vector, "bird"))));
                } else if (i == 8) {
                    producer.send(new ProducerRecord<>(topic, key, null));
                }
            }
            producer.commitTransaction();
            producer.beginTransaction();
            float[] other = new float[StorePoints.DIM];
            other[0] = 1;
            Embedding regretted = StorePoints.point(9, other, "taken back");
            producer.send(new ProducerRecord<>(
                    topic, regretted.getId().getBytes(UTF_8), serializer.serialize(topic, regretted)));
            producer.flush();
            producer.abortTransaction();
        }
    }

    /** Connect in a process of its own, with the connector file as it is but for addresses, password and topic. */
    private Process connect(RealKafka.Broker broker, String topic, Path log) throws IOException {
        String libs = System.getProperty("stores.connect.libs");
        Path plugins = ConnectPlugins.under(folder, Path.of(System.getProperty("stores.connect.jdbc")), libs);
        ObjectNode file = (ObjectNode) JSON.readTree(Files.readString(Path.of("../deploy/connect/pgvector.json")));
        ObjectNode config = (ObjectNode) file.get("config");
        config.put("topics", topic);
        java.net.URI database = java.net.URI.create(DATABASE);
        config.put(
                "connection.url",
                "jdbc:postgresql://" + database.getHost() + ":" + database.getPort() + database.getPath());
        String[] user = database.getUserInfo().split(":");
        config.put("connection.user", user[0]);
        config.put("connection.password", user.length > 1 ? user[1] : "");
        config.put("value.converter.schema.registry.url", broker.registryUrl());
        Path connector = folder.resolve("pgvector.json");
        JSON.writeValue(connector.toFile(), file);
        Path worker = Files.writeString(
                folder.resolve("worker.properties"),
                String.join(
                        "\n",
                        "bootstrap.servers=" + broker.bootstrapServers(),
                        "key.converter=org.apache.kafka.connect.storage.StringConverter",
                        "value.converter=org.apache.kafka.connect.storage.StringConverter",
                        "offset.storage.file.filename=" + folder.resolve("offsets"),
                        "offset.flush.interval.ms=1000",
                        "listeners=http://127.0.0.1:0",
                        "plugin.path=" + plugins));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "org.apache.kafka.connect.cli.ConnectStandalone",
                        worker.toString(),
                        connector.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("CLASSPATH", libs + "/*");
        return builder.start();
    }

    private String sql(String statement) throws IOException, InterruptedException {
        return run(List.of("psql", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", DATABASE, "-c", statement), Map.of())
                .strip();
    }

    private String run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "run", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        String said = Files.readString(out);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
