package io.patchstream.stream.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.Stage;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TracingTest {
    private static final Settings NO_SETTING = Settings.of(Map.of());
    private static final FrameOutcome BAD = new FrameOutcome.Rejected(Stage.DECODE, "TRUNCATED", "it ends early");

    private static void frames(FrameTracer tracer, int count) {
        for (int i = 0; i < count; i++) {
            frame(tracer, i);
        }
    }

    private static void frame(FrameTracer tracer, long offset) {
        FrameObserver observer = tracer.observe();
        try (FrameSpan span = tracer.begin(
                observer, new SourcePosition("frames", 0, offset), new RecordHeaders(), null, new byte[10])) {
            span.outcome(BAD, () -> "ab");
            span.publishing("dead", new RecordHeaders());
        }
    }

    @Test
    void shouldMakeNoSpansUnlessACollectorIsNamed() {
        for (Map<String, String> environment : java.util.List.of(
                Map.<String, String>of(),
                Map.of("OTEL_SERVICE_NAME", "cameras"),
                Map.of("OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1"),
                Map.of("OTEL_SDK_DISABLED", "true", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1"))) {
            try (FrameTracer tracer = Tracing.open(NO_SETTING, environment)) {
                assertThat(tracer).as("%s", environment).isSameAs(FrameTracer.NONE);
            }
        }
        assertThat(FrameTracer.NONE.observe()).isSameAs(FrameObserver.NONE);
    }

    @Test
    void shouldSendWhereOpenTelemetrysVariablesSay() {
        try (Collector collector = Collector.start()) {
            Map<String, String> environment = Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", collector.address(),
                    "OTEL_SERVICE_NAME", "cameras",
                    "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test",
                    // Set for a whole fleet, say: no metrics are sent, and nothing fails.
                    "OTEL_METRICS_EXPORTER", "otlp");
            try (FrameTracer tracer = Tracing.open(NO_SETTING, environment)) {
                frame(tracer, 7);
            }
            assertThat(collector.spans("process frames"))
                    .hasSize(1)
                    .allSatisfy(span -> assertThat(span.resource())
                            .containsEntry("service.name", "cameras")
                            .containsEntry("deployment.environment.name", "test"));
        }
    }

    @Test
    void shouldSendWhereTheSettingSaysWhateverTheVariablesSay() {
        try (Collector collector = Collector.start()) {
            Settings settings = Settings.of(Map.of("trace.endpoint", collector.address() + "/"));
            Map<String, String> environment = Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1",
                    "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                    "OTEL_TRACES_EXPORTER", "none");
            try (FrameTracer tracer = Tracing.open(settings, environment)) {
                frame(tracer, 7);
            }
            assertThat(collector.spans("process frames"))
                    .hasSize(1)
                    .allSatisfy(span -> assertThat(span.resource()).containsEntry("service.name", "patchstream"));
        }
    }

    @Test
    void shouldSpeakGrpcWhereTheVariablesAskForIt() {
        try (Collector collector = Collector.startGrpc()) {
            Map<String, String> environment =
                    Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address(), "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
            try (FrameTracer tracer = Tracing.open(NO_SETTING, environment)) {
                frames(tracer, 700);
                tracer.close();
                assertThat(tracer.counts()).contains(new SpanCounts(1400, 1400, 0));
            }
            assertThat(collector.spans("process frames")).hasSize(700);
        }
    }

    @Test
    void shouldSpeakGrpcWhereTheSettingAsksForIt() {
        try (Collector collector = Collector.startGrpc()) {
            Settings settings = Settings.of(Map.of("trace.endpoint", collector.address(), "trace.protocol", "grpc"));
            try (FrameTracer tracer = Tracing.open(settings, Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"))) {
                frame(tracer, 7);
            }
            assertThat(collector.spans("process frames"))
                    .hasSize(1)
                    .allSatisfy(span -> assertThat(span.resource()).containsEntry("service.name", "patchstream"));
            assertThat(Tracing.tryOut(settings)).contains(new CollectorTrial(collector.address(), ""));
        }
    }

    @Test
    void shouldSayOfACollectorThatItSpeaksTheOtherProtocol() {
        try (Collector overHttp = Collector.start();
                Collector overGrpc = Collector.startGrpc()) {
            assertThat(Tracing.tryOut(Settings.of(Map.of("trace.endpoint", overGrpc.address()))))
                    .hasValueSatisfying(trial -> assertThat(trial.problem()).isNotEmpty());
            assertThat(Tracing.tryOut(
                            Settings.of(Map.of("trace.endpoint", overHttp.address(), "trace.protocol", "grpc"))))
                    .hasValueSatisfying(trial -> assertThat(trial.problem()).isNotEmpty());
        }
    }

    @Test
    void shouldSayAtTheStartWhatCannotBeSent() {
        for (Map<String, String> environment : java.util.List.of(
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://localhost:1",
                        "OTEL_EXPORTER_OTLP_PROTOCOL",
                        "carrier-pigeon"),
                Map.of("OTEL_TRACES_EXPORTER", "zipkin"))) {
            assertThatThrownBy(() -> {
                        try (FrameTracer tracer = Tracing.open(NO_SETTING, environment)) {
                            frame(tracer, 0);
                        }
                    })
                    .as("%s", environment)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("spans cannot be sent as trace.endpoint or OTEL_* say: ");
        }
    }

    @Test
    void shouldLoseSpansAndNoTimeWhileTheCollectorHangs() {
        try (Collector collector = Collector.start()) {
            collector.hang();
            Settings settings = Settings.of(Map.of("trace.endpoint", collector.address()));
            try (FrameTracer tracer = Tracing.open(settings, Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "1024"))) {
                long began = System.nanoTime();
                frames(tracer, 10_000);
                // Two spans each; what would wait for the collector would wait for its time-out of 10 s.
                assertThat((System.nanoTime() - began) / 1e9).isLessThan(5);
                began = System.nanoTime();
                tracer.close();
                assertThat((System.nanoTime() - began) / 1e9).isLessThan(5);
                SpanCounts counts = tracer.counts().orElseThrow();
                assertThat(counts.made()).isEqualTo(20_000);
                assertThat(counts.delivered()).isZero();
                assertThat(collector.spans()).isEmpty();
            }
        }
    }

    @Test
    void shouldCountWhatACollectorThatIsNotThereDoesNotTake() {
        Settings settings = Settings.of(Map.of("trace.endpoint", "http://localhost:1"));
        try (FrameTracer tracer = Tracing.open(settings, Map.of("OTEL_JAVA_EXPORTER_OTLP_RETRY_DISABLED", "true"))) {
            frames(tracer, 10);
            tracer.close();
            assertThat(tracer.counts()).contains(new SpanCounts(20, 0, 20));
        }
    }
}
