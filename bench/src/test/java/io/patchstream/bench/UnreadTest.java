package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class UnreadTest {
    private final Map<MetricName, Metric> metrics = new HashMap<>();
    private final Map<String, Double> lags = new HashMap<>();
    private final Unread unread = new Unread(() -> metrics, "frames", 3);

    /** A consumer's metric of a partition, which says what {@link #lags} does. */
    private void read(String client, String topic, int partition, double lag) {
        String key = client + topic + partition;
        lags.put(key, lag);
        MetricName name = new MetricName(
                "records-lag",
                "consumer-fetch-manager-metrics",
                "",
                Map.of("client-id", client, "topic", topic, "partition", Integer.toString(partition)));
        metrics.put(name, new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return lags.get(key);
            }
        });
    }

    @Test
    void shouldBeThroughWhenAThreadHasPolledAllOfItsPartitions() {
        read("one", "frames", 0, 5);
        read("one", "frames", 1, 3);
        read("two", "frames", 2, 8);
        assertThat(unread.anyThreadIsThrough()).isFalse();

        read("one", "frames", 0, 0);
        assertThat(unread.anyThreadIsThrough()).isFalse();

        read("one", "frames", 1, 0);
        assertThat(unread.anyThreadIsThrough()).isTrue();
    }

    @Test
    void shouldNotBeThroughWhileAPartitionHasNotBeenReadFrom() {
        read("one", "frames", 0, 0);
        read("two", "frames", 2, 8);
        assertThat(unread.anyThreadIsThrough()).isFalse();

        read("one", "frames", 1, 20);
        assertThat(unread.anyThreadIsThrough()).isFalse();
    }

    @Test
    void shouldNotCountOtherTopics() {
        read("one", "changelog", 0, 0);
        read("one", "frames", 0, 1);
        read("one", "frames", 1, 1);
        read("two", "frames", 2, 1);
        assertThat(unread.anyThreadIsThrough()).isFalse();
    }
}
