package io.patchstream.stream.settings;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where frames come from.
 *
 * @param topics the topics read; at least one
 * @param format what their values are
 * @param maxBytes the largest record that can be read and dead-lettered, in bytes
 * @param overload what happens when more frames come than can be answered
 * @param overloadTopics topics that have a policy of their own, as {@code topic:policy}
 * @param maxAge with {@code drop-late}, how old a record may be when it is answered
 * @param backlog with {@code drop-oldest}, frames of one camera under way at a time
 * @param bufferBytes memory for records that are polled and not yet answered; 0 for a quarter of the heap
 */
public record InputSettings(
        @Setting(key = "input.topics", or = "patchstream.frames", says = "Topics to read, separated by commas.")
        List<String> topics,

        @Setting(
                key = "input.format",
                or = "avro",
                says =
                        "What a record's value is: `avro` for Frame records, `image` for plain image bytes (the key names the"
                                + " camera, the offset is the sequence).")
        Format format,

        @Setting(
                key = "input.max.bytes",
                or = "8MiB",
                says =
                        "The largest record: fetch sizes, the producer's limit for dead letters and new topics follow from"
                                + " it.")
        long maxBytes,

        @Setting(
                key = "input.overload",
                or = "block",
                says =
                        "When more frames come than can be answered: `block` leaves them in Kafka and drops none; `drop-oldest`"
                                + " keeps each camera's newest (input.backlog); `drop-late` leaves out what is older than input.max.age."
                                + " Every drop is a record on output.drops.")
        OverloadPolicy overload,

        @Setting(
                key = "input.overload.topics",
                or = "",
                says = "Topics with a policy of their own, such as `doors.frames:block,yard.frames:drop-late`.")
        List<String> overloadTopics,

        @Setting(
                key = "input.max.age",
                or = "2s",
                says =
                        "With `drop-late`: how old a record may be when it is answered, from its timestamp by this machine's"
                                + " clock.")
        Duration maxAge,

        @Setting(
                key = "input.backlog",
                or = "4",
                says = "With `drop-oldest`: how many frames of one camera are under way at a time.")
        int backlog,

        @Setting(
                key = "input.buffer.bytes",
                or = "0",
                says =
                        "Memory for records that are polled and not yet answered, whatever their number and size; 0 for a"
                                + " quarter of the heap.")
        long bufferBytes) {

    /** What an input record's value is. */
    public enum Format {
        AVRO,
        IMAGE
    }

    public InputSettings {
        topics = List.copyOf(topics);
        Checks checks = new Checks()
                .that(!topics.isEmpty(), "input.topics", "empty", "at least one topic")
                .that(new HashSet<>(topics).size() == topics.size(), "input.topics", topics, "free of repetitions")
                .that(maxBytes >= 1024 && maxBytes <= 1 << 30, "input.max.bytes", maxBytes, "1 KiB to 1 GiB")
                .that(maxAge.compareTo(Duration.ZERO) > 0, "input.max.age", maxAge, "above 0")
                .that(backlog >= 1, "input.backlog", backlog, "1 or more")
                .that(
                        bufferBytes == 0 || bufferBytes >= MIN_BUFFER_BYTES,
                        "input.buffer.bytes",
                        bufferBytes,
                        "0, or 4 MiB or more");
        overloadTopics = List.copyOf(overloadTopics);
        topics.forEach(topic -> checks.topic("input.topics", topic));
        Set<String> named = new HashSet<>();
        for (String entry : overloadTopics) {
            String topic = entry.substring(0, Math.max(0, entry.indexOf(':')));
            checks.that(
                    topics.contains(topic) && named.add(topic) && policy(entry).isPresent(),
                    "input.overload.topics",
                    "'" + entry + "'",
                    "topic:policy, once for a topic of input.topics, with block, drop-oldest or drop-late");
        }
        checks.done();
    }

    private static final long MIN_BUFFER_BYTES = 4 << 20;

    /** The policy of one of the topics. */
    public OverloadPolicy overload(String topic) {
        return overloadTopics.stream()
                .filter(entry -> entry.startsWith(topic + ":"))
                .flatMap(entry -> policy(entry).stream())
                .findFirst()
                .orElse(overload);
    }

    private static Optional<OverloadPolicy> policy(String entry) {
        String text = entry.substring(entry.indexOf(':') + 1).trim();
        return Stream.of(OverloadPolicy.values())
                .filter(policy -> policy.name().replace('_', '-').equalsIgnoreCase(text))
                .findFirst();
    }

    /** Memory for records that are polled and not yet answered, in bytes. */
    public long buffer() {
        return bufferBytes > 0
                ? bufferBytes
                : Math.max(MIN_BUFFER_BYTES, Runtime.getRuntime().maxMemory() / 4);
    }
}
