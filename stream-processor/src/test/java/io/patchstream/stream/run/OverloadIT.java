package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.Main;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** More frames than a slow engine can answer, with one life cut short: what is left out is stated, and all of it adds up. */
@ExtendWith(RealKafka.class)
class OverloadIT {
    private static final int FRAMES = 900;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static byte[] payload(int number) {
        return (number % 50 == 7 ? "BAD " + number : "picture " + number).getBytes(UTF_8);
    }

    @Test
    void shouldAccountForWhatIsLate(RealKafka.Broker broker) throws Exception {
        JsonNode ledger = flood(broker, Map.of("input.overload", "drop-late", "input.max.age", "700ms"));

        assertThat(ledger.path("dropped").path("LATE").asLong()).isPositive();
        assertThat(ledger.path("dropped").size()).isEqualTo(1);
    }

    @Test
    void shouldAccountForWhatNewerFramesPushOut(RealKafka.Broker broker) throws Exception {
        JsonNode ledger = flood(broker, Map.of("input.overload", "drop-oldest", "input.backlog", "3"));

        assertThat(ledger.path("dropped").path("BACKLOG").asLong()).isPositive();
        assertThat(ledger.path("dropped").size()).isEqualTo(1);
    }

    @Test
    void shouldDropNothingWhereEventsBlock(RealKafka.Broker broker) throws Exception {
        JsonNode ledger = flood(broker, Map.of());

        assertThat(ledger.path("dropped").size()).isZero();
        assertThat(ledger.path("labelled").asLong()).isEqualTo(FRAMES - FRAMES / 50);
    }

    /** What the ledger says after all frames had their answer. */
    private JsonNode flood(RealKafka.Broker broker, Map<String, String> policy) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("overload"));
        values.putAll(policy);
        values.put("commit.interval", "200ms");
        values.put("kafka.consumer.session.timeout.ms", "2000");
        values.put("kafka.consumer.heartbeat.interval.ms", "500");
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 4);
        try (FrameFeeder feeder = new FrameFeeder(settings, 6, OverloadIT::payload);
                FakeEngine engine = new FakeEngine(Duration.ZERO, Duration.ofMillis(4), 64)) {
            try (StreamProcessor first = StreamProcessor.start(settings, engine)) {
                first.awaitRunning(PATIENCE);
                feeder.send(FRAMES);
                await().atMost(PATIENCE).until(() -> engine.statistics().pictures() > 30);
                // Its transaction aborts, and what it had answered or left out is read and judged again.
                engine.stop("device lost");
                await().atMost(PATIENCE).until(() -> first.restarts() > 0);
                engine.recover();
                await().atMost(PATIENCE).until(() -> inFlight(ledger(values)) == 0);
                if (!policy.isEmpty()) {
                    assertThat(first.intake().dropped(DropReason.LATE)
                                    + first.intake().dropped(DropReason.BACKLOG))
                            .isPositive();
                }
                assertThat(first.intake().bufferedBytes()).isZero();
            }
        }
        JsonNode ledger = ledger(values);
        assertThat(ledger.path("balanced").asBoolean()).as("%s", ledger).isTrue();
        long dropped = 0;
        for (JsonNode reason : ledger.path("dropped")) {
            dropped += reason.asLong();
        }
        assertThat(ledger.path("labelled").asLong()
                        + ledger.path("dead_lettered").asLong()
                        + dropped)
                .isEqualTo(FRAMES);
        return ledger;
    }

    private static long inFlight(JsonNode ledger) {
        long offsets = 0;
        for (JsonNode partition : ledger.path("partitions")) {
            offsets += partition.path("in_flight").asLong();
        }
        return offsets;
    }

    private JsonNode ledger(Map<String, String> values) throws Exception {
        Path json = folder.resolve("ledger.json");
        List<String> arguments = new ArrayList<>(List.of("ledger", "check", "--json", json.toString()));
        values.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        Main.commandLine().execute(arguments.toArray(String[]::new));
        return new ObjectMapper().readTree(json.toFile());
    }
}
