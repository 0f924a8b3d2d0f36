package io.patchstream.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * What the stream threads of a processor have not polled yet, by their consumers' own metrics. By thread, and not by camera:
 * a consumer gives out what it has fetched of one partition before it goes on to the next, so a camera may be through at a
 * third of a round in which no thread is idle.
 */
final class Unread {
    private static final String LAG = "records-lag";

    private final Supplier<Map<MetricName, ? extends Metric>> metrics;
    private final String topic;
    private final int partitions;
    private List<List<Metric>> byThread = List.of();

    /**
     * What is unread of a topic.
     *
     * @param metrics of the processor
     * @param partitions of the topic; all of them have frames
     */
    Unread(Supplier<Map<MetricName, ? extends Metric>> metrics, String topic, int partitions) {
        this.metrics = metrics;
        this.topic = topic;
        this.partitions = partitions;
    }

    /** Whether a stream thread has polled the last frame of all its partitions. */
    boolean anyThreadIsThrough() {
        if (byThread.isEmpty()) {
            byThread = find();
        }
        return byThread.stream().anyMatch(lags -> lags.stream().allMatch(lag -> (Double) lag.metricValue() == 0));
    }

    /** None while a partition has not been read from: its metric is not there, and what its thread has left is unknown. */
    private List<List<Metric>> find() {
        Map<String, List<Metric>> byClient = new HashMap<>();
        metrics.get().forEach((name, metric) -> {
            if (name.name().equals(LAG) && topic.equals(name.tags().get("topic"))) {
                byClient.computeIfAbsent(name.tags().get("client-id"), c -> new ArrayList<>())
                        .add(metric);
            }
        });
        int found = byClient.values().stream().mapToInt(List::size).sum();
        return found == partitions ? List.copyOf(byClient.values()) : List.of();
    }
}
