package io.patchstream.stream.replay;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a replay ends in each partition; a partition that is not named is not replayed. A text on the way through Kafka's
 * configuration, which knows only texts.
 *
 * @param ends the offset after the last, by partition
 */
record ReplayEnds(Map<TopicPartition, Long> ends) {
    /** The configuration key that it travels under. */
    static final String KEY = "patchstream.replay.ends";

    ReplayEnds {
        ends = Map.copyOf(ends);
    }

    long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    String toText() {
        return ends.entrySet().stream()
                .map(end -> end.getKey().topic() + ":" + end.getKey().partition() + ":" + end.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    static ReplayEnds parse(String text) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (String part : text.split(",")) {
            String[] words = part.split(":");
            ends.put(new TopicPartition(words[0], Integer.parseInt(words[1])), Long.valueOf(words[2]));
        }
        return new ReplayEnds(ends);
    }
}
