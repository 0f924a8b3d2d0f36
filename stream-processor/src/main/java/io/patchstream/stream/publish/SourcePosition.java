package io.patchstream.stream.publish;

import static java.util.Objects.requireNonNull;

/**
 * Where a record was read; with the topic's bytes, all that is needed to find an answer's input again.
 *
 * @param topic the topic
 * @param partition the partition
 * @param offset the offset
 */
public record SourcePosition(String topic, int partition, long offset) {
    public SourcePosition {
        requireNonNull(topic, "topic");
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "-" + offset;
    }
}
