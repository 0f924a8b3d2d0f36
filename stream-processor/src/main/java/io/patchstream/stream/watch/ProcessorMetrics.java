package io.patchstream.stream.watch;

import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.DurationHistogram;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.topology.AnswerCounts;
import io.patchstream.stream.trace.SpanCounts;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;

/** The curated metrics: read from what is counted anyway, at each scrape. */
final class ProcessorMetrics implements MultiCollector {
    private final Watched watched;
    private final Collection<String> inputTopics;

    ProcessorMetrics(Watched watched, Collection<String> inputTopics) {
        this.watched = watched;
        this.inputTopics = List.copyOf(inputTopics);
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        EngineStatistics engine = watched.engineStatistics();
        engine(all, engine);
        batching(all, engine.batching());
        answers(all, watched.intake().answers());
        intake(all);
        watched.intake().spans().ifPresent(spans -> spans(all, spans));
        kafka(all, KafkaFigures.of(watched.kafkaMetrics(), inputTopics));
        ServedModel model = watched.model();
        all.metricSnapshot(InfoSnapshot.builder()
                .name("vit_model")
                .help("The model in force.")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "name", model.contract().name(), "sha256", model.sha256(), "engine", model.engine()))
                        .build())
                .build());
        return all.build();
    }

    private static void engine(MetricSnapshots.Builder all, EngineStatistics engine) {
        count(
                all,
                "vit_rejected_frames",
                "Frames that the engine could not answer; they are dead letters.",
                engine.rejected());
        count(all, "vit_cancelled_frames", "Frames given back before they were begun.", engine.cancelled());
        count(all, "vit_promoted_frames", "Frames that a stream thread had to wait for.", engine.promoted());
        count(all, "vit_models_taken", "Models that took over while frames flowed.", engine.modelsTaken());
        count(all, "vit_models_refused", "Models that may not be served.", engine.modelsRefused());
        histogram(all, "vit_inference_seconds", "What batches took by the clock.", engine.inference());
    }

    private static void answers(MetricSnapshots.Builder all, AnswerCounts answers) {
        histogram(
                all,
                "vit_end_to_end_seconds",
                "From when a frame was taken to its answer, before the commit.",
                answers.endToEnd());
        CounterSnapshot.Builder labels = CounterSnapshot.builder()
                .name("vit_labels")
                .help("Pictures by camera and best label; the first " + AnswerCounts.NAMED + " pairs by name.");
        answers.labels()
                .forEach((pair, pictures) -> labels.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("camera", pair.camera(), "label", pair.label()))
                        .value(pictures)
                        .build()));
        all.metricSnapshot(labels.build());
        CounterSnapshot.Builder dead =
                CounterSnapshot.builder().name("vit_dead_letters").help("Dead letters, by stage and code.");
        answers.deadLetters()
                .forEach((reason, frames) -> dead.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("stage", reason.stage().name(), "reason", reason.code()))
                        .value(frames)
                        .build()));
        all.metricSnapshot(dead.build());
        counts(
                all,
                "vit_uncertain_pictures",
                "Uncertain pictures: sent to be looked at, or beyond what a camera may send.",
                "outcome",
                Map.of("sent", answers.uncertainSent(), "held", answers.uncertainHeld()));
        CounterSnapshot.Builder alarms =
                CounterSnapshot.builder().name("vit_alarms").help("Alarms, by rule and kind.");
        answers.alarms()
                .forEach((change, times) -> alarms.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("rule", change.rule(), "kind", change.kind()))
                        .value(times)
                        .build()));
        all.metricSnapshot(alarms.build());
    }

    private static void batching(MetricSnapshots.Builder all, BatchingStatistics batching) {
        counts(all, "vit_pictures", "Pictures that went to the model.", "camera", batching.shares());
        counts(all, "vit_batches", "Batches, by size.", "size", batching.sizes());
        Map<Integer, Double> mean = new TreeMap<>();
        Map<Integer, Double> slow = new TreeMap<>();
        batching.serviceCurve().forEach(point -> {
            mean.put(point.batch(), point.seconds());
            slow.put(point.batch(), point.slowSeconds());
        });
        gauges(all, "vit_service_seconds", "What a batch takes: of the CPU, or on a GPU by the clock.", "batch", mean);
        gauges(all, "vit_service_slow_seconds", "The same of slow batches, near the 95th percentile.", "batch", slow);
        gauge(all, "vit_batch_limit", "The largest batch at present.", batching.limit());
        gauge(all, "vit_waiting_pictures", "Pictures that wait for a batch.", batching.waiting());
        count(all, "vit_waited_seconds", "How long pictures have waited for a batch.", batching.waitedSeconds());
    }

    private void intake(MetricSnapshots.Builder all) {
        count(
                all,
                "vit_looked_ahead_frames",
                "Frames submitted when they were polled.",
                watched.intake().ahead());
        count(
                all,
                "vit_missed_frames",
                "Frames submitted only when their turn came.",
                watched.intake().missed());
        Map<String, Long> dropped = new TreeMap<>();
        Stream.of(DropReason.values())
                .forEach(reason -> dropped.put(reason.name(), watched.intake().dropped(reason)));
        counts(all, "vit_skipped_frames", "Frames left out on purpose (input.overload).", "reason", dropped);
        gauge(
                all,
                "vit_buffered_bytes",
                "Bytes polled and not yet answered.",
                watched.intake().bufferedBytes());
    }

    private static void spans(MetricSnapshots.Builder all, SpanCounts spans) {
        Map<String, Long> fates = new TreeMap<>();
        fates.put("made", spans.made());
        fates.put("delivered", spans.delivered());
        fates.put("failed", spans.failed());
        counts(all, "vit_spans", "Spans by fate; those of no fate but made wait or were left out.", "fate", fates);
    }

    private void kafka(MetricSnapshots.Builder all, KafkaFigures kafka) {
        GaugeSnapshot.Builder lag = GaugeSnapshot.builder()
                .name("kafka_consumer_fetch_manager_records_lag")
                .help("Records that wait, by partition.");
        kafka.lag()
                .forEach((place, records) -> lag.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("topic", place.topic(), "partition", place.partition()))
                        .value(records)
                        .build()));
        all.metricSnapshot(lag.build());
        Map<String, Integer> states = new TreeMap<>();
        for (KafkaStreams.State state : KafkaStreams.State.values()) {
            states.put(state.name(), state == watched.state() ? 1 : 0);
        }
        gauges(all, "kafka_stream_client_state", "1 for the state that Kafka Streams is in.", "state", states);
        gauge(all, "kafka_stream_alive_stream_threads", "Stream threads.", kafka.aliveThreads());
        gauge(
                all,
                "kafka_stream_failed_stream_threads",
                "Stream threads that failed since the start.",
                kafka.failedThreads());
        gauge(
                all,
                "kafka_stream_thread_commit_latency_avg",
                "Milliseconds of a commit, mean of the slowest thread.",
                kafka.commitLatencyMillis());
        gauge(all, "vit_stream_thread_restarts", "Stream threads replaced within ten minutes.", watched.restarts());
    }

    private static void count(MetricSnapshots.Builder all, String name, String help, double value) {
        all.metricSnapshot(CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
                .build());
    }

    private static void counts(
            MetricSnapshots.Builder all, String name, String help, String label, Map<?, ? extends Number> values) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        values.forEach((key, value) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                .labels(Labels.of(label, key.toString()))
                .value(value.doubleValue())
                .build()));
        all.metricSnapshot(counter.build());
    }

    private static void histogram(
            MetricSnapshots.Builder all, String name, String help, DurationHistogram.Counts counts) {
        all.metricSnapshot(HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(counts.bounds(), counts.counts()))
                        .sum(counts.sumSeconds())
                        .build())
                .build());
    }

    private static void gauge(MetricSnapshots.Builder all, String name, String help, double value) {
        all.metricSnapshot(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build());
    }

    private static void gauges(
            MetricSnapshots.Builder all, String name, String help, String label, Map<?, ? extends Number> values) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((key, value) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of(label, key.toString()))
                .value(value.doubleValue())
                .build()));
        all.metricSnapshot(gauge.build());
    }
}
