package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

/**
 * Where frames come from, as the batcher sees it: shares are fair between sources, and what a source submitted is
 * cancelled as one when its task closes.
 *
 * @param owner who reads it: the stream thread's name
 * @param topic the topic
 * @param partition the partition
 */
public record FrameSource(String owner, String topic, int partition) {
    public FrameSource {
        requireNonNull(owner, "owner");
        requireNonNull(topic, "topic");
    }
}
