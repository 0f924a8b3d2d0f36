package io.patchstream.stream.alarms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.Main;
import io.patchstream.stream.alarms.Receiver.Answer;
import io.patchstream.stream.alarms.Receiver.Received;
import io.patchstream.stream.operate.Jvm;
import io.patchstream.stream.operate.Verb;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Alarms from a real broker to a webhook that fails, through processes that are killed. */
@ExtendWith(RealKafka.class)
class WebhookIT {
    private static final String SECRET = "a secret that nobody may see";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path LOGS = Path.of("target", "webhook");

    @TempDir
    private Path folder;

    private Settings settings;
    private String topic;

    private Map<String, String> settingValues() {
        return Map.of(
                "application.id", settings.stream().applicationId(),
                "kafka.bootstrap.servers", settings.kafka().get("bootstrap.servers"),
                "schema.registry.url", settings.serde().config().get("schema.registry.url"),
                "output.alarms", topic);
    }

    private List<String> line(String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        settingValues().forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        return line;
    }

    private Process start(String log, String... more) throws IOException {
        ProcessBuilder builder = Jvm.of(LOGS.resolve(log), "-Xmx256m", Main.class.getName());
        builder.command().addAll(line("rules", "webhook", "--to", "${env:ALARMS_TO}", "--secret-env", "ALARMS_SECRET"));
        builder.command().addAll(List.of("--set", "kafka.consumer.session.timeout.ms=6000"));
        builder.command().addAll(List.of(more));
        builder.environment().put("ALARMS_TO", to);
        builder.environment().put("ALARMS_SECRET", SECRET);
        return builder.start();
    }

    private String to;

    private static int terminate(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String list(String... more) {
        List<String> line = new ArrayList<>(List.of("rules", "list"));
        line.addAll(List.of(more));
        Verb said = Verb.run(settingValues(), line.toArray(String[]::new));
        assertThat(said.exitCode()).as(said.text()).isZero();
        return said.text();
    }

    @Test
    void shouldTellEachAlarmAtLeastOnceInOrderAndUnderOneId(RealKafka.Broker broker) throws Exception {
        settings = Settings.of(broker.settings("webhook"));
        topic = settings.stream().applicationId() + ".alarms";
        Alarm first = SampleAlarms.raised("door", 1);
        Alarm second = SampleAlarms.cleared("door", 1, 2);
        Alarm third = SampleAlarms.raised("door", 3);
        Alarm aborted = SampleAlarms.raised("door", 4);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", topic),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                AvroSerializer<Alarm> values = new AvroSerializer<>()) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
            values.configure(settings.serde().config(), false);
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "door".getBytes(UTF_8), "no alarm".getBytes(UTF_8)));
            for (Alarm alarm : List.of(first, second, third)) {
                producer.send(new ProducerRecord<>(topic, "door".getBytes(UTF_8), values.serialize(topic, alarm)));
            }
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "door".getBytes(UTF_8), values.serialize(topic, aborted)));
            producer.flush();
            producer.abortTransaction();
        }

        AtomicReference<Process> process = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        try (Receiver receiver = new Receiver(message -> {
            switch (calls.incrementAndGet()) {
                case 1:
                    return new Answer(503, Map.of("retry-after", "1"));
                case 3:
                    // It has the second alarm, and whoever told it does not come to commit it.
                    process.get().destroyForcibly();
                    return Answer.of(200);
                default:
                    return Answer.of(200);
            }
        })) {
            to = receiver.url();
            long begun = System.nanoTime();
            process.set(start("killed.log"));
            assertThat(process.get().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(process.get().exitValue()).isEqualTo(137);
            assertThat(receiver.received()).hasSize(3);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(1));

            process.set(start("after.log"));
            await().atMost(PATIENCE)
                    .until(() ->
                            receiver.received().size() >= 5 || !process.get().isAlive());
            assertThat(terminate(process.get()))
                    .as(Files.readString(LOGS.resolve("after.log")))
                    .isZero();
            process.set(start("idle.log"));
            await().atMost(PATIENCE)
                    .until(() -> Files.readString(LOGS.resolve("idle.log")).contains("webhook starts"));
            await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
            assertThat(terminate(process.get())).isZero();

            assertThat(receiver.received())
                    .extracting(message -> message.header("idempotency-key"))
                    .containsExactly(first.getId(), first.getId(), second.getId(), second.getId(), third.getId());
            for (Received message : receiver.received()) {
                assertThat(new ObjectMapper().readTree(message.body()).get("id").asText())
                        .isEqualTo(message.header("webhook-id"));
                assertThat(message.header("webhook-signature"))
                        .isEqualTo(WebhookSecret.of(SECRET, "the test")
                                .signature(
                                        message.header("webhook-id"),
                                        Long.parseLong(message.header("webhook-timestamp")),
                                        message.body().getBytes(UTF_8)));
            }
            assertThat(receiver.received().get(3).body())
                    .isEqualTo(receiver.received().get(2).body());
        } finally {
            process.get().destroyForcibly();
        }
        for (String log : List.of("killed.log", "after.log", "idle.log")) {
            assertThat(Files.readString(LOGS.resolve(log)))
                    .contains("to=", "http://127.0.0.1")
                    .doesNotContain(SECRET, "in-the-address");
        }
        assertThat(Files.readString(LOGS.resolve("killed.log")))
                .contains("webhook did not take an alarm", "status 503", first.getId(), "record is no alarm");
        assertThat(Files.readString(LOGS.resolve("after.log"))).contains("2 alarms told, 0 tries in vain, 0 refused");

        assertThat(list().lines())
                .hasSize(4)
                .anyMatch(line -> line.contains("CLEARED  visitor  door  cat 0.750  frames:0:2  " + second.getId()))
                .contains("3 alarms, records that are none of ours: 1");
        assertThat(list("--on", "--json").lines()).hasSize(1).allMatch(line -> line.contains(third.getId()));
    }

    /** A registry that is away when the verb comes. */
    @Test
    void shouldOutliveARegistryThatIsAway(RealKafka.Broker broker) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Map<String, String> values = new HashMap<>(broker.settings("away"));
        values.put("schema.registry.url", "http://127.0.0.1:" + port);
        settings = Settings.of(values);
        topic = settings.stream().applicationId() + ".alarms";
        Alarm first = SampleAlarms.raised("door", 1);
        Alarm second = SampleAlarms.cleared("door", 1, 2);
        send(broker, Settings.of(broker.settings("away")), first, second);
        Path log = LOGS.resolve("away.log");
        try (Receiver receiver = new Receiver(message -> Answer.of(200))) {
            to = receiver.url();
            Process process = start("away.log", "--set", "schema.registry.max.retries=0");
            try {
                await().atMost(PATIENCE)
                        .until(() -> Files.readString(log).contains("no registry answers") || !process.isAlive());
                assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
                assertThat(receiver.received()).isEmpty();
                HttpServer registry = passingOn(port, broker.registryUrl());
                try {
                    await().atMost(PATIENCE).until(() -> receiver.received().size() >= 2 || !process.isAlive());
                } finally {
                    registry.stop(0);
                }
                assertThat(terminate(process)).as(Files.readString(log)).isZero();
            } finally {
                process.destroyForcibly();
            }
            assertThat(receiver.received())
                    .extracting(message -> message.header("idempotency-key"))
                    .containsExactly(first.getId(), second.getId());
        }
        assertThat(Files.readString(log)).contains("2 alarms told, 0 tries in vain, 0 refused, 0 records none of ours");
    }

    private void send(RealKafka.Broker broker, Settings writes, Alarm... alarms) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", (Object) broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                AvroSerializer<Alarm> values = new AvroSerializer<>()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            values.configure(writes.serde().config(), false);
            for (Alarm alarm : alarms) {
                producer.send(new ProducerRecord<>(topic, "door".getBytes(UTF_8), values.serialize(topic, alarm)))
                        .get();
            }
        }
    }

    /** A server that hands what it is asked on to another. */
    private static HttpServer passingOn(int port, String url) throws IOException {
        HttpClient client = HttpClient.newHttpClient();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                HttpResponse<byte[]> answer = client.send(
                        HttpRequest.newBuilder(URI.create(url + exchange.getRequestURI()))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
                exchange.getResponseBody().write(answer.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        return server;
    }

    @Test
    void shouldEndWithOneWhereAnAlarmIsRefusedAndTellItAgain(RealKafka.Broker broker) throws Exception {
        settings = Settings.of(broker.settings("refused"));
        topic = settings.stream().applicationId() + ".alarms";
        Alarm alarm = SampleAlarms.raised("door", 1);
        send(broker, settings, alarm);
        Path file = folder.resolve("refused.jsonl");
        try (Receiver receiver = new Receiver(message -> Answer.of(404))) {
            to = receiver.url();
            Process ended = start("refused.log");
            try {
                assertThat(ended.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } finally {
                ended.destroyForcibly();
            }
            assertThat(ended.exitValue()).isEqualTo(1);
            assertThat(Files.readString(LOGS.resolve("refused.log")))
                    .contains("the webhook refuses alarm " + alarm.getId() + " (status 404)")
                    .doesNotContain("\tat ");

            Process kept = start("kept.log", "--refused", file.toString());
            try {
                await().atMost(PATIENCE).until(() -> Files.exists(file) || !kept.isAlive());
                assertThat(terminate(kept)).isZero();
            } finally {
                kept.destroyForcibly();
            }
            assertThat(receiver.received())
                    .extracting(message -> message.header("idempotency-key"))
                    .containsExactly(alarm.getId(), alarm.getId());
            assertThat(Files.readAllLines(file)).hasSize(1).allMatch(line -> line.contains(alarm.getId()));
        }
    }
}
