package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract that the look-ahead rests on, held against a real broker: header objects arrive where they were put. */
@ExtendWith(RealKafka.class)
class LookAheadIT {
    private static final int FRAMES = 600;

    private static byte[] payload(int number) {
        return (number % 50 == 7 ? "BAD " + number : "picture " + number).getBytes(UTF_8);
    }

    /** A stream thread that died is a member of the group until its session ends. */
    private static void withQuickRebalance(Map<String, String> values) {
        values.put("kafka.consumer.session.timeout.ms", "2000");
        values.put("kafka.consumer.heartbeat.interval.ms", "500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void shouldHandEveryFrameItsTicketAndBatchAcrossPartitions(String protocol, RealKafka.Broker broker)
            throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("look-ahead-" + protocol));
        values.put("kafka.group.protocol", protocol);
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, 4);
        try (FrameFeeder feeder = new FrameFeeder(settings, 8, LookAheadIT::payload);
                Progress progress = new Progress(settings);
                FakeEngine engine = new FakeEngine(Duration.ofMillis(6), Duration.ofNanos(200_000), 128)) {
            feeder.send(FRAMES);
            try (StreamProcessor processor = StreamProcessor.start(settings, engine)) {
                processor.awaitRunning(Duration.ofSeconds(60));
                await().atMost(Duration.ofSeconds(60)).until(progress::isSettled);
                assertThat(processor.intake().missed()).isZero();
                // More, when a partition went from one thread to the other and was read again.
                assertThat(processor.intake().ahead()).isGreaterThanOrEqualTo(FRAMES);
                assertThat(engine.statistics().batchMean()).isGreaterThan(4);
            }
            FrameAccounts accounts = FrameAccounts.audit(settings);
            assertThat(accounts.frames()).isEqualTo(FRAMES);
            assertThat(accounts.deadLetters()).isEqualTo(FRAMES / 50);
            assertThat(accounts.labels()).isEqualTo(FRAMES - FRAMES / 50);
            assertThat(accounts.lost()).isEmpty();
            assertThat(accounts.duplicated()).isEmpty();
            assertThat(accounts.outOfOrder()).isEmpty();
            assertThat(accounts.withHeaders()).isEmpty();
        }
    }

    @Test
    void shouldReadFramesAgainAfterTheEngineCameBack(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("recovery"));
        values.put("restart.backoff", "200ms");
        withQuickRebalance(values);
        Settings settings = Settings.of(values);
        try (FakeEngine engine = FakeEngine.instant();
                FrameFeeder feeder = new FrameFeeder(settings, 3, LookAheadIT::payload)) {
            try (StreamProcessor processor = StreamProcessor.start(settings, engine)) {
                processor.awaitRunning(Duration.ofSeconds(60));
                engine.stop("device lost");
                feeder.send(20);
                await().atMost(Duration.ofSeconds(60)).until(() -> processor.restarts() > 0);
                engine.recover();
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() ->
                                assertThat(FrameAccounts.audit(settings).lost()).isEmpty());
            }
            FrameAccounts accounts = FrameAccounts.audit(settings);
            assertThat(accounts.frames()).isEqualTo(20);
            assertThat(accounts.duplicated()).isEmpty();
            assertThat(accounts.deadLetters()).isEqualTo(1);
        }
    }

    @Test
    void shouldGiveUpWhenTheEngineStaysAway(RealKafka.Broker broker) throws Exception {
        Map<String, String> values = new HashMap<>(broker.settings("outage"));
        values.put("restart.backoff", "10ms");
        withQuickRebalance(values);
        values.put("restarts", "2");
        Settings settings = Settings.of(values);
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(settings, engine);
                FrameFeeder feeder = new FrameFeeder(settings, 3, LookAheadIT::payload)) {
            engine.stop("device lost");
            feeder.send(20);
            assertThat(processor.awaitStopped())
                    .get()
                    .satisfies(failure -> assertThat(failure).rootCause().hasMessage("device lost"));
            FrameAccounts accounts = FrameAccounts.audit(settings);
            assertThat(accounts.labels() + accounts.deadLetters()).isZero();
        }
    }

    @Test
    void shouldNameTheCommandThatMakesMissingTopics(RealKafka.Broker broker) {
        Map<String, String> values = new HashMap<>(broker.settings("missing"));
        values.put("topics.auto.create", "false");
        Settings settings = Settings.of(values);
        try (FakeEngine engine = FakeEngine.instant()) {
            assertThatThrownBy(() -> StreamProcessor.start(settings, engine))
                    .isInstanceOf(ProcessorFailedException.class)
                    .hasMessageContaining("kafka-topics.sh --bootstrap-server " + broker.bootstrapServers()
                            + " --create --topic " + settings.output().embeddings()
                            + " --partitions 8 --config cleanup.policy=compact");
        }
    }
}
