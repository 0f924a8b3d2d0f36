package io.patchstream.stream.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.local.LocalKafka;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A broker that goes away for good while frames wait: a restart of the processor would mend nothing. */
class BrokerAwayIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int FRAMES = 1200;

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldNotAskToBeRestartedWhileNoBrokerAnswersThoughFramesWait() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults());
        boolean away = false;
        Settings settings = Settings.of(Map.of(
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "schema.registry.url", kafka.registryUrl(),
                "topics.partitions", "1",
                "threads", "1",
                "stop.timeout", "2s",
                "engine.deadline", "5s",
                "http.stuck.after", "10s",
                "http.port", Integer.toString(port)));
        // A hundred milliseconds a frame: two minutes of work.
        try (FakeEngine engine = new FakeEngine(Duration.ZERO, Duration.ofMillis(100), 64)) {
            try (Pictures pictures = new Pictures(settings, 1)) {
                pictures.begin();
                for (int i = 0; i < FRAMES; i++) {
                    pictures.send(0, "camera", 1, ("picture " + i).getBytes(UTF_8));
                }
                pictures.commit();
            }
            try (StreamProcessor processor = StreamProcessor.start(settings, engine);
                    StatusServer status =
                            StatusServer.start(settings, processor).orElseThrow()) {
                String livez = "http://127.0.0.1:" + port + "/livez";
                processor.awaitRunning(PATIENCE);
                await().atMost(PATIENCE)
                        .until(() -> figures(processor, settings).processed() > 5);
                double answers = figures(processor, settings).answers();
                assertThat(answers).as("answers of brokers are counted").isPositive();
                await().atMost(PATIENCE)
                        .until(() -> figures(processor, settings).answers() > answers);
                assertThat(get(livez).statusCode()).isEqualTo(200);

                kafka.close();
                away = true;
                long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                double stood = 0;
                double processed = -1;
                while (System.nanoTime() < end) {
                    HttpResponse<String> health = get(livez);
                    assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
                    TimeUnit.MILLISECONDS.sleep(500);
                    double now = figures(processor, settings).processed();
                    stood = now == processed ? stood + 0.5 : 0;
                    processed = now;
                }
                assertThat(stood).as("seconds without progress").isGreaterThan(12);
                assertThat(processor.intake().bufferedBytes())
                        .as("bytes that wait")
                        .isPositive();
            }
        } finally {
            if (!away) {
                kafka.close();
            }
        }
    }

    private static KafkaFigures figures(StreamProcessor processor, Settings settings) {
        return KafkaFigures.of(processor.kafkaMetrics(), settings.input().topics());
    }
}
