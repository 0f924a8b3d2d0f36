package io.patchstream.stream.page;

import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.page.Snapshot.Lag;
import io.patchstream.stream.page.Snapshot.Pipeline;
import io.patchstream.stream.page.Snapshot.Point;
import io.patchstream.stream.page.Snapshot.StageTime;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.watch.KafkaFigures;
import io.patchstream.stream.watch.Watched;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** How the stages fare, from what they count anyway. Used by the page's one thread. */
final class PipelineFigures {
    /** Kafka's clients have hundreds of metrics; a look at all of them is not for twice a second. */
    private static final long KAFKA_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Settings settings;
    private final Watched watched;
    private final Deque<Earlier> earlier = new ArrayDeque<>();
    private KafkaFigures kafka;
    private long kafkaNanos;

    /** What was counted a while ago. */
    private record Earlier(long nanos, EngineStatistics engine) {}

    PipelineFigures(Settings settings, Watched watched) {
        this.settings = settings;
        this.watched = watched;
    }

    /** How they fare, given the board's times. */
    Pipeline at(long now, double[] times, EngineStatistics engine) {
        BatchingStatistics batching = engine.batching();
        Map<String, Long> dropped = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason.name(), watched.intake().dropped(reason));
        }
        Map<String, String> outputs = new LinkedHashMap<>();
        outputs.put("labels", settings.output().labels());
        outputs.put("embeddings", settings.output().embeddings());
        outputs.put("dead letters", settings.output().deadLetters());
        outputs.put("drops", settings.output().drops());
        if (settings.uncertain().isOn()) {
            outputs.put("uncertain", settings.uncertain().topic());
        }
        if (settings.rules().isOn()) {
            outputs.put("alarms", settings.rules().topic());
        }
        refreshKafka(now);
        return new Pipeline(
                settings.input().topics(),
                outputs,
                settings.stream().threads(),
                stages(now, times, engine),
                batching.serviceCurve().stream()
                        .map(point -> new Point(point.batch(), 1000 * point.seconds(), 1000 * point.slowSeconds()))
                        .toList(),
                new TreeMap<>(batching.sizes()),
                batching.limit(),
                batching.waiting(),
                watched.intake().bufferedBytes(),
                watched.intake().ahead(),
                watched.intake().missed(),
                dropped,
                watched.restarts(),
                Snapshot.known(kafka.commitLatencyMillis()),
                kafka.lag().entrySet().stream()
                        .map(lag -> new Lag(
                                lag.getKey().topic(),
                                lag.getKey().partition(),
                                lag.getValue().longValue()))
                        .toList());
    }

    private void refreshKafka(long now) {
        if (kafka == null || now - kafkaNanos >= KAFKA_EVERY_NANOS) {
            kafka = KafkaFigures.of(watched.kafkaMetrics(), settings.input().topics());
            kafkaNanos = now;
        }
    }

    /** The waiting and the model are the batcher's means; what is left of a frame's time is decoding and its turn. */
    private List<StageTime> stages(long now, double[] times, EngineStatistics engine) {
        while (earlier.size() > 1 && now - earlier.element().nanos > LiveBoard.SPAN_NANOS) {
            earlier.remove();
        }
        EngineStatistics before = earlier.isEmpty() ? engine : earlier.element().engine;
        earlier.add(new Earlier(now, engine));
        long pictures = engine.pictures() - before.pictures();
        double wait = pictures <= 0
                ? Double.NaN
                : 1000 * (engine.batching().waitedSeconds() - before.batching().waitedSeconds()) / pictures;
        double model = modelMillis(engine.batching(), before.batching());
        double decode = Math.max(0, times[2] - wait - model);
        return List.of(
                new StageTime("Wait to be read", Snapshot.known(times[0])),
                new StageTime("Read the record", Snapshot.known(times[1])),
                new StageTime("Decode, keep the order", Snapshot.known(decode)),
                new StageTime("Wait for a batch", Snapshot.known(wait)),
                new StageTime("Model", Snapshot.known(model)));
    }

    /** s(b), weighted with the pictures that went out in batches of b since {@code before}; NaN when none did. */
    private static double modelMillis(BatchingStatistics now, BatchingStatistics before) {
        double pictures = 0;
        double sum = 0;
        for (BatchingStatistics.ServicePoint point : now.serviceCurve()) {
            long batches =
                    now.sizes().getOrDefault(point.batch(), 0L) - before.sizes().getOrDefault(point.batch(), 0L);
            pictures += (double) batches * point.batch();
            sum += (double) batches * point.batch() * point.seconds() * 1000;
        }
        return pictures == 0 ? Double.NaN : sum / pictures;
    }
}
