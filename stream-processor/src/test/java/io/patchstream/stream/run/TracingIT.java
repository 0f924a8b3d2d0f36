package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import io.patchstream.stream.trace.Collector;
import io.patchstream.stream.trace.Collector.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Spans on a real broker, with a transaction that aborts: every committed label names a span that the collector has. */
@ExtendWith(RealKafka.class)
class TracingIT {
    private static final int FRAMES = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldNameInEachLabelTheSpanThatTheCollectorHas(RealKafka.Broker broker) throws Exception {
        try (Collector collector = Collector.start()) {
            Map<String, String> values = new HashMap<>(broker.settings("tracing"));
            values.put("trace.endpoint", collector.address());
            values.put("commit.interval", "200ms");
            List<String> parents = label(Settings.of(values));

            assertThat(parents).hasSize(FRAMES).doesNotHaveDuplicates();
            Map<String, Received> spans =
                    collector.spans().stream().collect(Collectors.toMap(Received::spanId, Function.identity()));
            assertThat(parents).allSatisfy(parent -> {
                Received send = spans.get(parent.split("-")[2]);
                assertThat(send.name()).isEqualTo("send " + values.get("output.labels"));
                assertThat(spans.get(send.parent()).name()).isEqualTo("process " + values.get("input.topics"));
                assertThat(send.traceId()).isEqualTo(parent.split("-")[1]);
            });
            assertThat(parents.stream()
                            .map(parent -> spans.get(
                                            spans.get(parent.split("-")[2]).parent())
                                    .attributes())
                            .map(said -> said.get("messaging.destination.partition.id") + "-"
                                    + said.get("messaging.kafka.offset")))
                    .as("places of frames")
                    .hasSize(FRAMES)
                    .doesNotHaveDuplicates();
            assertThat(collector.spans("process "))
                    .as("what the engine could not answer")
                    .anyMatch(span -> span.status() == 2 && span.message().equals("device lost"));
        }
    }

    @Test
    void shouldLabelEachFrameOnceWhileNoCollectorAnswers(RealKafka.Broker broker) throws Exception {
        try (Collector collector = Collector.start()) {
            collector.hang();
            Map<String, String> values = new HashMap<>(broker.settings("untraced"));
            values.put("trace.endpoint", collector.address());
            assertThat(label(Settings.of(values))).hasSize(FRAMES).doesNotHaveDuplicates();
            assertThat(collector.spans()).isEmpty();
        }
    }

    /** The trace contexts of all labels that are committed, after the engine has failed once under way. */
    private static List<String> label(Settings settings) throws Exception {
        FrameFeeder.createTopics(settings, 4);
        List<String> parents = new ArrayList<>();
        try (FrameFeeder feeder = new FrameFeeder(settings, 6, number -> ("picture " + number).getBytes(UTF_8));
                FakeEngine engine = new FakeEngine(Duration.ZERO, Duration.ofMillis(2), 64);
                Lookup lookup = Lookup.open(settings)) {
            try (StreamProcessor processor = StreamProcessor.start(settings, engine)) {
                processor.awaitRunning(PATIENCE);
                feeder.send(FRAMES);
                await().atMost(PATIENCE).until(() -> engine.statistics().pictures() > 30);
                engine.stop("device lost");
                await().atMost(PATIENCE).until(() -> processor.restarts() > 0);
                engine.recover();
                await().atMost(PATIENCE).untilAsserted(() -> {
                    parents.clear();
                    lookup.readAll(
                            settings.output().labels(),
                            label -> parents.add(new String(
                                    label.headers().lastHeader("traceparent").value(), UTF_8)));
                    assertThat(parents).hasSizeGreaterThanOrEqualTo(FRAMES);
                });
            }
        }
        return parents;
    }
}
