package io.patchstream.stream.watch;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * The few of Kafka's metrics that say how a processor fares.
 *
 * @param processed records that the stream threads there are have processed
 * @param lag records that wait, by input topic and partition
 * @param commitLatencyMillis the mean of the slowest thread; NaN before the first
 * @param aliveThreads stream threads
 * @param failedThreads that failed since the start
 * @param answers that brokers gave to any of the clients; NaN when nobody counts
 */
public record KafkaFigures(
        double processed,
        Map<Place, Double> lag,
        double commitLatencyMillis,
        double aliveThreads,
        double failedThreads,
        double answers) {

    /** A partition. */
    public record Place(String topic, String partition) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = topic.compareTo(other.topic);
            return order != 0 ? order : partition.compareTo(other.partition);
        }
    }

    /** Picks them out. */
    public static KafkaFigures of(Map<MetricName, ? extends Metric> metrics, Collection<String> inputTopics) {
        // The clients write a topic's dots as underscores in tags, and lately as dots too.
        Map<String, String> topics = new HashMap<>();
        inputTopics.forEach(topic -> topics.put(topic.replace('.', '_'), topic));
        inputTopics.forEach(topic -> topics.put(topic, topic));
        Map<Place, Double> lag = new TreeMap<>();
        metrics.forEach((name, metric) -> {
            String topic = topics.get(name.tags().getOrDefault("topic", ""));
            String partition = name.tags().get("partition");
            boolean isLag = name.group().equals("consumer-fetch-manager-metrics")
                    && name.name().equals("records-lag");
            if (isLag && topic != null && partition != null && metric.metricValue() instanceof Number records) {
                lag.merge(new Place(topic, partition), records.doubleValue(), Math::max);
            }
        });
        lag.values().removeIf(records -> records.isNaN());
        return new KafkaFigures(
                fold(metrics, "stream-thread-metrics", "process-total", Double::sum),
                lag,
                fold(metrics, "stream-thread-metrics", "commit-latency-avg", Math::max),
                fold(metrics, "stream-metrics", "alive-stream-threads", Double::sum),
                fold(metrics, "stream-metrics", "failed-stream-threads", Double::sum),
                Stream.of("consumer-metrics", "producer-metrics", "admin-client-metrics")
                        .mapToDouble(group -> fold(metrics, group, "response-total", Double::sum))
                        .filter(answers -> !Double.isNaN(answers))
                        .reduce(Double::sum)
                        .orElse(Double.NaN));
    }

    /** NaN when there is none. */
    private static double fold(
            Map<MetricName, ? extends Metric> metrics, String group, String name, DoubleBinaryOperator operator) {
        List<Double> values = metrics.values().stream()
                .filter(metric -> metric.metricName().group().equals(group)
                        && metric.metricName().name().equals(name))
                .map(Metric::metricValue)
                .filter(Number.class::isInstance)
                .map(value -> ((Number) value).doubleValue())
                .filter(value -> !value.isNaN())
                .toList();
        return values.stream().mapToDouble(Double::doubleValue).reduce(operator).orElse(Double.NaN);
    }

    /** Whether records wait. */
    boolean isBehind() {
        return lag.values().stream().anyMatch(records -> records > 0);
    }
}
