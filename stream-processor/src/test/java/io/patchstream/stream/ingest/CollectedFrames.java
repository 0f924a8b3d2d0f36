package io.patchstream.stream.ingest;

import io.patchstream.schemas.Frame;
import java.util.ArrayList;
import java.util.List;

/** Keeps what cameras publish. */
final class CollectedFrames implements FramePublisher {
    final List<Frame> frames = new ArrayList<>();
    long maxPayloadBytes = Long.MAX_VALUE;

    @Override
    public void publish(Frame frame) {
        frames.add(frame);
    }

    @Override
    public long maxPayloadBytes() {
        return maxPayloadBytes;
    }

    List<Long> sequences() {
        return frames.stream().map(Frame::getSequence).toList();
    }
}
