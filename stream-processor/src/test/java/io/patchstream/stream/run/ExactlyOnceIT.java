package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processors are killed while frames flow; every frame must be answered exactly once all the same. */
@ExtendWith(RealKafka.class)
class ExactlyOnceIT {
    private static final int FRAMES = 2000;
    private static final int KILLS = 6;
    private static final int CAMERAS = 8;
    private static final long SEED = 20261123;
    private static final Path LOGS = Path.of("target", "exactly-once");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long BROKEN =
            IntStream.range(0, FRAMES).filter(Cameras::isBroken).count();

    private static Map<String, String> settings(RealKafka.Broker broker, String test) {
        Map<String, String> values = new HashMap<>(broker.settings(test));
        values.put(
                "model",
                Path.of("src/test/resources/models/tiny-fp32.onnx")
                        .toAbsolutePath()
                        .toString());
        // A killed member leaves the group, and its transaction ends, by time-out; the defaults would take minutes.
        values.put("kafka.consumer.session.timeout.ms", "3000");
        values.put("kafka.consumer.heartbeat.interval.ms", "700");
        values.put("kafka.producer.transaction.timeout.ms", "8000");
        return values;
    }

    private static void assertEveryFrameAnsweredOnce(Settings settings) {
        FrameAccounts accounts = FrameAccounts.audit(settings);
        assertThat(accounts.frames()).isEqualTo(FRAMES);
        assertThat(accounts.lost()).as("lost").isEmpty();
        assertThat(accounts.duplicated()).as("duplicated").isEmpty();
        assertThat(accounts.outOfOrder()).as("out of order").isEmpty();
        assertThat(accounts.deadLetters()).isEqualTo(BROKEN);
        assertThat(accounts.labels()).isEqualTo(FRAMES - BROKEN);
        assertThat(accounts.embeddings()).isEqualTo(FRAMES - BROKEN);
        assertThat(accounts.aborted())
                .as("records that were written and not committed: kills that hit an open transaction")
                .isPositive();
    }

    @Test
    void shouldAnswerEveryFrameOnceWhileTheProcessorIsKilledAgainAndAgain(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = settings(broker, "kill");
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 4);
        Random random = new Random(SEED);
        try (FrameFeeder feeder = new FrameFeeder(settings, CAMERAS, new Cameras()::payload);
                Flow flow = new Flow(feeder);
                Progress progress = new Progress(settings)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                try (ProcessorProcess processor =
                        ProcessorProcess.start(values, LOGS.resolve("killed-" + kill + ".log"))) {
                    long before = progress.labels();
                    flow.allow(FRAMES * kill / (KILLS + 1));
                    await().atMost(PATIENCE)
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> !processor.isAlive() || progress.labels() > before);
                    assertThat(processor.isAlive()).as(processor.log()).isTrue();
                    // Not a condition that is waited for, but the random moment of the fault.
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
                    processor.kill();
                }
            }
            try (ProcessorProcess processor = ProcessorProcess.start(values, LOGS.resolve("last.log"))) {
                flow.allow(FRAMES);
                await().atMost(PATIENCE).until(() -> feeder.written() == FRAMES && progress.isSettled());
                assertThat(processor.terminate(Duration.ofSeconds(10))).isZero();
                assertThat(processor.log()).contains("everything committed");
            }
        }
        assertEveryFrameAnsweredOnce(settings);
    }

    @Test
    void shouldTakeOverThePartitionsOfAProcessorThatWasKilled(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = settings(broker, "take-over");
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 8);
        try (FrameFeeder feeder = new FrameFeeder(settings, 4 * CAMERAS, new Cameras()::payload);
                Flow flow = new Flow(feeder);
                Progress progress = new Progress(settings);
                ProcessorProcess survivor = ProcessorProcess.start(values, LOGS.resolve("survivor.log"));
                ProcessorProcess victim = ProcessorProcess.start(values, LOGS.resolve("victim.log"))) {
            survivor.awaitLog("to=\"RUNNING\"", PATIENCE);
            victim.awaitLog("to=\"RUNNING\"", PATIENCE);
            await().atMost(PATIENCE).until(() -> progress.members() == 4);
            flow.allow(FRAMES / 2);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> progress.labels() > FRAMES / 4);
            victim.kill();
            flow.allow(FRAMES);
            await().atMost(PATIENCE).until(() -> feeder.written() == FRAMES && progress.isSettled());
            assertThat(survivor.terminate(Duration.ofSeconds(10))).isZero();
        }
        assertEveryFrameAnsweredOnce(settings);
    }
}
