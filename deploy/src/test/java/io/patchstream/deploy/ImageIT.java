package io.patchstream.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.local.LocalKafka;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an image holds, laid out and run without a container: its start script with the environment of
 * {@code docker-compose.yml}, its health command, and a camera of it; then dashboard and alerts against its metrics.
 */
class ImageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final Compose compose = Compose.read();
    private final List<Process> started = new ArrayList<>();
    private Path image;
    private String port;

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Runs a command to its end; its exit code. */
    private int run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("commands.log").toFile()));
        builder.environment().put("PATCHSTREAM_HTTP_PORT", port);
        Process process = builder.start();
        started.add(process);
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s ends", command)
                .isTrue();
        return process.exitValue();
    }

    /** Starts a service's command as its container would, on another broker and port. */
    private Process service(String name, LocalKafka kafka) throws IOException {
        JsonNode service = compose.service(name);
        List<String> command =
                new ArrayList<>(List.of(image.resolve("patchstream").toString()));
        Compose.texts(service.path("command")).stream()
                .map(argument -> argument.replace("/opt/patchstream", image.toString()))
                .forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("PATCHSTREAM_") || key.startsWith("KAFKA_"));
        environment.putAll(Compose.environment(service));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("PATCHSTREAM_SCHEMA_REGISTRY_URL", kafka.registryUrl());
        environment.replace("PATCHSTREAM_HTTP_PORT", port);
        environment.replace("PATCHSTREAM_UI_PORT", Integer.toString(freePort()));
        environment.put("PATCHSTREAM_JAVA_OPTS", "-Xmx512m -XX:+UseSerialGC");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private List<String> healthCommand() {
        List<String> test =
                Compose.texts(compose.service("processor").path("healthcheck").path("test"));
        assertThat(test.get(0)).isEqualTo("CMD");
        return test.subList(1, test.size()).stream()
                .map(part -> part.replace("/opt/patchstream", image.toString()))
                .toList();
    }

    private String scrape() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void sendBroken(LocalKafka kafka) {
        Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(
                    new ProducerRecord<>("patchstream.frames", "cam-9".getBytes(UTF_8), "no frame".getBytes(UTF_8)));
        }
    }

    @Test
    void shouldRunAsComposeRunsItAndEmitWhatDashboardAndAlertsAskFor() throws Exception {
        port = Integer.toString(freePort());
        image = folder.resolve("image");
        assertThat(run(List.of(
                        Repository.ROOT.resolve("deploy/docker/assemble").toString(),
                        "stream-processor",
                        image.toString())))
                .as(() -> log("commands"))
                .isZero();
        assertThat(run(healthCommand())).as("health of what does not run").isNotZero();

        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults())) {
            Process processor = service("processor", kafka);
            await().atMost(PATIENCE)
                    .failFast("the processor ended", () -> !processor.isAlive())
                    .until(() -> run(healthCommand()) == 0);
            List<String> ready = new ArrayList<>(healthCommand());
            ready.set(1, "/readyz");
            await().atMost(PATIENCE).until(() -> run(ready) == 0);
            ready.set(1, "/nothing");
            assertThat(run(ready)).as("health at a path that is not there").isNotZero();

            service("camera-3", kafka);
            sendBroken(kafka);
            List<String> queries = Queries.all();
            assertThat(queries).hasSizeGreaterThan(40);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Queries.missing(queries, scrape()))
                            .as(() -> log("camera-3"))
                            .isEmpty());
            String scrape = scrape();
            assertThat(Queries.missing(List.of("sum by (room) (rate(vit_pictures_total{kamera=\"x\"}[5m]))"), scrape))
                    .as("the check sees what is not there")
                    .containsExactly("vit_pictures_total{kamera}", "vit_pictures_total{room}");
            assertThat(Queries.missing(List.of("vit_picture_total"), scrape)).containsExactly("vit_picture_total");

            processor.destroy();
            assertThat(processor.waitFor(20, TimeUnit.SECONDS))
                    .as("stops within its grace")
                    .isTrue();
            assertThat(log("processor")).contains("everything committed");
        }
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return "no log of " + name + ": " + e;
        }
    }
}
