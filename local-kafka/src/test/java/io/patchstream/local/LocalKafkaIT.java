package io.patchstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKafkaIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void shouldServeTransactionsAndForgetItsTemporaryFolder() throws Exception {
        Path temporary;
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults())) {
            temporary = kafka.folder();
            createTopic(kafka, "things");
            inTransaction(kafka, "things", true, "committed-1", "committed-2");
            inTransaction(kafka, "things", false, "aborted");
            inTransaction(kafka, "things", true, "committed-3");

            assertThat(readCommitted(kafka, "things", 3)).containsExactly("committed-1", "committed-2", "committed-3");
            assertThat(temporary).isDirectory();

            kafka.close();
        }
        assertThat(temporary).doesNotExist();
    }

    @Test
    void shouldKeepTopicsAndSchemasInItsDataFolder() throws Exception {
        LocalKafka.Options options = LocalKafka.Options.defaults().withDataDir(folder.resolve("data"));
        int id;
        try (LocalKafka kafka = LocalKafka.start(options)) {
            createTopic(kafka, "things");
            inTransaction(kafka, "things", true, "kept");
            id = register(kafka.registryUrl(), "things-value", "\"string\"");
        }

        try (LocalKafka again = LocalKafka.start(options)) {
            assertThat(readCommitted(again, "things", 1)).containsExactly("kept");
            assertThat(get(again.registryUrl() + "/schemas/ids/" + id)).contains("\\\"string\\\"");
            assertThat(register(again.registryUrl(), "other-value", "\"string\""))
                    .isEqualTo(id);
            assertThat(register(again.registryUrl(), "other-key", "\"long\"")).isGreaterThan(id);
        }
    }

    @Test
    void shouldRunTwiceInOneJvmButNotOnOneFolder() throws Exception {
        LocalKafka.Options first = LocalKafka.Options.defaults().withDataDir(folder.resolve("first"));
        LocalKafka.Options second = LocalKafka.Options.defaults().withDataDir(folder.resolve("second"));
        try (LocalKafka one = LocalKafka.start(first);
                LocalKafka two = LocalKafka.start(second)) {
            createTopic(one, "things");
            createTopic(two, "things");
            inTransaction(one, "things", true, "of one");
            inTransaction(two, "things", true, "of two");

            assertThat(readCommitted(one, "things", 1)).containsExactly("of one");
            assertThat(readCommitted(two, "things", 1)).containsExactly("of two");
            assertThatThrownBy(() -> LocalKafka.start(first))
                    .isInstanceOf(LocalKafkaException.class)
                    .hasMessageContaining("in use by another local Kafka");
        }
    }

    @Test
    void shouldRefuseATakenPortAndLeaveNothingRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(Loopback.at(0));
            int port = taken.getLocalPort();
            LocalKafka.Options options = LocalKafka.Options.defaults().withDataDir(folder.resolve("data"));

            assertThatThrownBy(() -> LocalKafka.start(options.withKafkaPort(port)))
                    .isInstanceOf(LocalKafkaException.class)
                    .hasMessageContaining("Port " + port + " on 127.0.0.1 is in use")
                    .hasMessageContaining("--kafka-port");
            assertThatThrownBy(() -> LocalKafka.start(options.withRegistryPort(port)))
                    .isInstanceOf(LocalKafkaException.class)
                    .hasMessageContaining("Port " + port + " on 127.0.0.1 is in use")
                    .hasMessageContaining("--registry-port");
            LocalKafka.start(options).close();
        }
    }

    @Test
    void shouldRefuseABrokerPropertyThatKafkaDoesNotKnowOrCannotRead() {
        LocalKafka.Options options = LocalKafka.Options.defaults();

        assertThatThrownBy(() -> LocalKafka.start(options.withBrokerOverride("log.retention.huors", "1")))
                .isInstanceOf(LocalKafkaException.class)
                .hasMessageContaining("log.retention.huors")
                .hasMessageContaining("log.retention.hours");
        assertThatThrownBy(() -> LocalKafka.start(options.withBrokerOverride("log.retention.hours", "one")))
                .isInstanceOf(LocalKafkaException.class)
                .hasMessageContaining("log.retention.hours");
    }

    @Test
    void shouldComeBackAfterKillWithTopicsAndSchemas() throws Exception {
        Path data = folder.resolve("data");
        int id;
        try (LocalProcess process = LocalProcess.start(folder.resolve("first"), data)) {
            createTopic(process.bootstrapServers(), "things");
            inTransaction(process.bootstrapServers(), "things", true, "before the kill");
            id = register(process.registryUrl(), "things-value", "\"string\"");
            process.kill();
        }

        try (LocalProcess process = LocalProcess.start(folder.resolve("second"), data)) {
            assertThat(readCommitted(process.bootstrapServers(), "things", 1)).containsExactly("before the kill");
            assertThat(register(process.registryUrl(), "things-value", "\"string\""))
                    .isEqualTo(id);
            inTransaction(process.bootstrapServers(), "things", true, "after the kill");
            assertThat(readCommitted(process.bootstrapServers(), "things", 2))
                    .containsExactly("before the kill", "after the kill");

            assertThat(process.terminate(Duration.ofSeconds(10))).isEqualTo(128 + 15);
            assertThat(process.standardOutput())
                    .startsWith("READY bootstrap=127.0.0.1:")
                    .hasLineCount(1);
            assertThat(process.standardError()).doesNotContain("ERROR", "Exception");
        }
    }

    private static void createTopic(LocalKafka kafka, String name) throws Exception {
        createTopic(kafka.bootstrapServers(), name);
    }

    private static void createTopic(String bootstrapServers, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    private static void inTransaction(LocalKafka kafka, String topic, boolean commit, String... values) {
        inTransaction(kafka.bootstrapServers(), topic, commit, values);
    }

    private static void inTransaction(String bootstrapServers, String topic, boolean commit, String... values) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "writer");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            Stream.of(values).forEach(value -> producer.send(new ProducerRecord<>(topic, value)));
            producer.flush();
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static List<String> readCommitted(LocalKafka kafka, String topic, int count) {
        return readCommitted(kafka.bootstrapServers(), topic, count);
    }

    /** Reads from the start until {@code count} values are there and the end of the partition is reached. */
    private static List<String> readCommitted(String bootstrapServers, String topic, int count) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        TopicPartition partition = new TopicPartition(topic, 0);
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Instant deadline = Instant.now().plus(PATIENCE);
            while (Instant.now().isBefore(deadline)
                    && (values.size() < count
                            || consumer.position(partition)
                                    < consumer.endOffsets(List.of(partition)).get(partition))) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    private static int register(String registryUrl, String subject, String schema) throws Exception {
        String body = "{\"schema\":\"" + schema.replace("\"", "\\\"") + "\"}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(registryUrl + "/subjects/" + subject + "/versions"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        String answer = send(request);
        assertThat(answer).startsWith("{\"id\":");
        return Integer.parseInt(answer.replaceAll("\\D", ""));
    }

    private static String get(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)).build());
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
