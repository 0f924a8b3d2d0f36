package io.patchstream.bench;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.VideoException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keeps an engine busy as one stream thread does: frames ahead, answers in order. */
final class EngineLoad {
    private static final int PICTURES = 16;
    private static final int AHEAD = 256;

    private final FrameEngine engine;
    private final FrameSource source = new FrameSource("bench", "frames", 0);
    private final List<byte[]> jpegs = new ArrayList<>();
    private int next;

    EngineLoad(FrameEngine engine, int height, int width) throws VideoException {
        this.engine = engine;
        try (JpegEncoder encoder = new JpegEncoder(90)) {
            for (int i = 0; i < PICTURES; i++) {
                jpegs.add(encoder.encode(Photographs.paint(height, width, i)));
            }
        }
    }

    /** Submits and awaits until the deadline, then awaits what is left; returns how many frames were answered. */
    long until(long nanoDeadline) throws InterruptedException {
        ArrayDeque<FrameTicket> underWay = new ArrayDeque<>();
        long answered = 0;
        while (System.nanoTime() < nanoDeadline) {
            while (underWay.size() < AHEAD) {
                underWay.add(submit());
            }
            answered += await(underWay);
        }
        while (!underWay.isEmpty()) {
            answered += await(underWay);
        }
        return answered;
    }

    private int await(ArrayDeque<FrameTicket> underWay) throws InterruptedException {
        return engine.await(underWay.remove())
                .fold(
                        classified -> 1,
                        rejected -> {
                            throw new IllegalStateException(rejected.message());
                        },
                        dropped -> {
                            throw new IllegalStateException("a frame was dropped that has no deadline");
                        });
    }

    /** The next frame; whoever takes the ticket waits for its answer. */
    FrameTicket submit() {
        byte[] jpeg = jpegs.get(next++ % jpegs.size());
        FrameHead head = new FrameHead("frame", "camera", 0, 0, 1, Map.of());
        return engine.submit(source, () -> new EncodedFrame(head, EncodedFrame.Encoding.JPEG, ByteBuffer.wrap(jpeg)));
    }
}
