package io.patchstream.stream.lookup;

import org.apache.kafka.common.TopicPartition;

/**
 * Offsets of one source partition.
 *
 * @param partition the partition
 * @param beginning where its log begins now: what lies before is gone
 * @param first the range's first offset, at or after {@code beginning}
 * @param end the offset after the range's last; at or after {@code first}
 */
public record SourceRange(TopicPartition partition, long beginning, long first, long end) {
    public SourceRange {
        if (first < beginning || end < first) {
            throw new IllegalArgumentException(
                    "range " + first + " to " + end + " of " + partition + ", which begins at " + beginning);
        }
    }
}
