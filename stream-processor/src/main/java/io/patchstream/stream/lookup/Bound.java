package io.patchstream.stream.lookup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/** Where a range begins (inclusive) or ends (exclusive) in each partition, as a person says it. */
public sealed interface Bound {
    /** The words for an option's help. */
    String SYNTAX =
            "a time (2026-11-23T04:22:00Z), offsets (0:100,1:250 is partition:offset, topic:0:100 with the topic),"
                    + " one offset for every partition (100), earliest or latest";

    /** The offset in each of {@code partitions}; a partition that it leaves out takes no part. */
    Map<TopicPartition, Long> in(List<TopicPartition> partitions, Lookup lookup);

    /** Where the log begins now. */
    record Earliest() implements Bound {
        @Override
        public Map<TopicPartition, Long> in(List<TopicPartition> partitions, Lookup lookup) {
            return lookup.beginnings(partitions);
        }
    }

    /** Where the log ends now, as its readers see it. */
    record Latest() implements Bound {
        @Override
        public Map<TopicPartition, Long> in(List<TopicPartition> partitions, Lookup lookup) {
            return lookup.ends(partitions);
        }
    }

    /** The first record that is no older; the end where there is none. */
    record At(Instant time) implements Bound {
        @Override
        public Map<TopicPartition, Long> in(List<TopicPartition> partitions, Lookup lookup) {
            Map<TopicPartition, Long> offsets = new HashMap<>(lookup.ends(partitions));
            offsets.putAll(lookup.noOlderThan(time, partitions));
            return offsets;
        }
    }

    /** The same offset everywhere. */
    record Offset(long offset) implements Bound {
        @Override
        public Map<TopicPartition, Long> in(List<TopicPartition> partitions, Lookup lookup) {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            partitions.forEach(partition -> offsets.put(partition, offset));
            return offsets;
        }
    }

    /** An offset for each partition that takes part, by {@code partition} or {@code topic:partition}. */
    record Offsets(Map<String, Long> offsets) implements Bound {
        public Offsets {
            offsets = Map.copyOf(offsets);
        }

        @Override
        public Map<TopicPartition, Long> in(List<TopicPartition> partitions, Lookup lookup) {
            Map<TopicPartition, Long> chosen = new HashMap<>();
            for (TopicPartition partition : partitions) {
                Long offset = offsets.getOrDefault(
                        partition.topic() + ":" + partition.partition(),
                        offsets.get(Integer.toString(partition.partition())));
                if (offset != null) {
                    chosen.put(partition, offset);
                }
            }
            return chosen;
        }
    }

    /**
     * Reads {@link #SYNTAX}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static Bound parse(String text) {
        Pattern pair = Pattern.compile("(?:([a-zA-Z0-9._-]{1,249}):)?([0-9]{1,9}):([0-9]{1,18})");
        if (text.equalsIgnoreCase("earliest")) {
            return new Earliest();
        } else if (text.equalsIgnoreCase("latest")) {
            return new Latest();
        } else if (text.matches("[0-9]{1,18}")) {
            return new Offset(Long.parseLong(text));
        }
        String[] parts = text.split(",", -1);
        if (List.of(parts).stream().allMatch(part -> pair.matcher(part).matches())) {
            Map<String, Long> offsets = new TreeMap<>();
            for (String part : parts) {
                Matcher matcher = pair.matcher(part);
                if (matcher.matches()) {
                    String topic = matcher.group(1) == null ? "" : matcher.group(1) + ":";
                    offsets.put(topic + Integer.parseInt(matcher.group(2)), Long.valueOf(matcher.group(3)));
                }
            }
            return new Offsets(offsets);
        }
        try {
            return new At(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no place in a topic; it must be " + SYNTAX, e);
        }
    }
}
