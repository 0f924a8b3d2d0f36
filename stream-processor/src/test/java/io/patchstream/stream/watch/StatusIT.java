package io.patchstream.stream.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a processor says of itself while it runs, on a real broker and with a real model. */
@ExtendWith(RealKafka.class)
class StatusIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int FRAMES = 40;

    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send("GET", path);
        assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(200);
        return response.body();
    }

    /** -1 when it is not there. */
    private double metric(String name) throws IOException, InterruptedException {
        Matcher line = Pattern.compile("^" + Pattern.quote(name) + " (\\S+)$", Pattern.MULTILINE)
                .matcher(get("/metrics"));
        return line.find() ? Double.parseDouble(line.group(1)) : -1;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void sendPictures(Settings settings) throws Exception {
        try (Pictures pictures = new Pictures(settings, 2)) {
            pictures.begin();
            for (int i = 0; i < FRAMES; i++) {
                boolean broken = i % 20 == 7;
                pictures.send(i % 2, "camera-" + i % 2, 1, broken ? "BAD".getBytes(UTF_8) : Pictures.jpeg(i));
            }
            pictures.commit();
        }
    }

    @Test
    void shouldTellHowItFares(RealKafka.Broker broker) throws Exception {
        port = freePort();
        Map<String, String> values = new HashMap<>(broker.settings("status"));
        values.put("http.port", Integer.toString(port));
        values.put("topics.partitions", "2");
        values.put(
                "model",
                Path.of("src/test/resources/models/tiny-fp32.onnx")
                        .toAbsolutePath()
                        .toString());
        Settings settings = Settings.of(values);
        sendPictures(settings);
        try (FrameEngine engine = Engines.open(settings);
                StreamProcessor processor = StreamProcessor.start(settings, engine);
                StatusServer status = StatusServer.start(settings, processor).orElseThrow()) {
            assertThat(get("/livez")).as("while it rebalances").isEqualTo("ok\n");
            processor.awaitRunning(PATIENCE);
            assertThat(get("/readyz")).isEqualTo("ok\n");
            assertThat(get("/health/ready")).isEqualTo("ok\n");
            assertThat(get("/health/live")).isEqualTo("ok\n");
            await().atMost(PATIENCE).until(() -> engine.statistics().pictures() == FRAMES - 2);

            assertThat(metric("vit_pictures_total{camera=\"camera-0\"}")).isEqualTo(20);
            assertThat(metric("vit_pictures_total{camera=\"camera-1\"}")).isEqualTo(18);
            assertThat(metric("vit_rejected_frames_total")).isEqualTo(2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    get("/metrics").lines().filter(line -> line.startsWith("vit_dead_letters_total{")))
                            .as("both broken frames, by one reason")
                            .singleElement()
                            .asString()
                            .contains("stage=\"DECODE\"")
                            .endsWith(" 2.0"));
            await().atMost(PATIENCE).until(() -> metric("vit_end_to_end_seconds_count") == FRAMES - 2);
            assertThat(metric("vit_end_to_end_seconds_bucket{le=\"+Inf\"}")).isEqualTo(FRAMES - 2);
            assertThat(metric("vit_inference_seconds_count"))
                    .isEqualTo(engine.statistics().batches());
            assertThat(metric("vit_inference_seconds_sum")).isPositive();
            assertThat(get("/metrics")).containsPattern("vit_labels_total\\{camera=\"camera-0\",label=\"[^\"]+\"\\} ");
            assertThat(metric("vit_skipped_frames_total{reason=\"LATE\"}")).isZero();
            assertThat(metric("vit_service_seconds{batch=\"1\"}")).isPositive();
            assertThat(metric("kafka_stream_client_state{state=\"RUNNING\"}")).isEqualTo(1);
            assertThat(metric("kafka_stream_alive_stream_threads")).isEqualTo(2);
            assertThat(metric("jvm_threads_current")).isPositive();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(metric("kafka_consumer_fetch_manager_records_lag{partition=\"0\",topic=\""
                                            + settings.input().topics().get(0) + "\"}"))
                                    .isZero());
            long families = get("/metrics")
                    .lines()
                    .filter(line -> line.startsWith("# TYPE"))
                    .count();
            assertThat(families).as("metric families").isBetween(30L, 70L);

            JsonNode info = new ObjectMapper().readTree(get("/info"));
            assertThat(info.path("model_sha256").asText())
                    .isEqualTo(engine.model().sha256());
            assertThat(info.path("preprocessing").path("height").asInt()).isPositive();
            assertThat(info.path("preprocessing_sha256").asText())
                    .isEqualTo(engine.model().contract().preprocessing().sha256());
            assertThat(info.path("state").asText()).isEqualTo("RUNNING");
            assertThat(get("/topology")).contains("Sub-topology: 0");
            shouldRefuseTheRest();
            assertThatThrownBy(() -> StatusServer.start(settings, processor))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("http.port is " + port + "; nothing can be served there");

            processor.close();
            assertThat(send("GET", "/readyz").statusCode()).isEqualTo(503);
            assertThat(send("GET", "/livez").body()).isEqualTo("Kafka Streams is NOT_RUNNING\n");
        }
        assertThatThrownBy(() -> send("GET", "/livez")).isInstanceOf(IOException.class);
    }

    private void shouldRefuseTheRest() throws Exception {
        assertThat(send("POST", "/livez").statusCode()).isEqualTo(405);
        assertThat(send("GET", "/../etc/passwd").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/").body()).contains("/metrics");
        HttpResponse<String> head = send("HEAD", "/metrics");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void shouldServeNothingUnlessAsked(RealKafka.Broker broker) {
        assertThat(StatusServer.start(Settings.of(broker.settings("silent")), null))
                .isEmpty();
    }
}
