package io.patchstream.stream.settings;

import java.util.HashSet;
import java.util.List;

/**
 * Where frames come from.
 *
 * @param topics the topics read; at least one
 * @param format what their values are
 * @param maxBytes the largest record that can be read and dead-lettered, in bytes
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
        long maxBytes) {

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
                .that(maxBytes >= 1024 && maxBytes <= 1 << 30, "input.max.bytes", maxBytes, "1 KiB to 1 GiB");
        topics.forEach(topic -> checks.topic("input.topics", topic));
        checks.done();
    }
}
