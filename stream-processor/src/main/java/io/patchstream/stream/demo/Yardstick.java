package io.patchstream.stream.demo;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EncodedFrame.Encoding;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/** What the engine does on its own: the same pictures, decoded and inferred, without Kafka. */
final class Yardstick {
    private static final FrameSource SOURCE = new FrameSource("yardstick", "none", 0);

    private final FrameEngine engine;
    private final byte[] jpeg;

    /** @param engine borrowed */
    Yardstick(FrameEngine engine, byte[] jpeg) {
        this.engine = engine;
        this.jpeg = jpeg;
    }

    /** Pictures per second, kept busy for {@code time}. */
    double measure(Duration time) throws InterruptedException {
        Queue<FrameTicket> window = new ArrayDeque<>();
        int depth = Math.max(16, Math.min(512, engine.lookAhead(1)));
        long began = System.nanoTime();
        long end = began + time.toNanos();
        long answered = 0;
        try {
            while (System.nanoTime() < end) {
                while (window.size() < depth) {
                    window.add(engine.submit(SOURCE, this::frame));
                }
                engine.await(window.remove());
                answered++;
            }
        } finally {
            engine.cancel(SOURCE);
        }
        return answered * 1e9 / (System.nanoTime() - began);
    }

    private EncodedFrame frame() {
        FrameHead head = new FrameHead("yardstick", "yardstick", 0, 0, 1, Map.of());
        return new EncodedFrame(head, Encoding.JPEG, ByteBuffer.wrap(jpeg));
    }
}
