package io.patchstream.bench;

import com.google.errorprone.annotations.MustBeClosed;
import com.sun.management.OperatingSystemMXBean;
import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.decode.IsolatedFrameDecoder;
import io.patchstream.stream.decode.Isolation;
import io.patchstream.stream.decode.PictureFrameDecoder;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.child.DecoderStart;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.Preprocessing;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a frame takes that is decoded in a process of its own, beside one that is decoded in this: by the clock, from the
 * frame's bytes to its pixels, and in CPU time of both processes. Rounds take turns.
 */
final class IsolationCost implements AutoCloseable {
    private static final Isolation ISOLATION = new Isolation(1L << 30, Duration.ofMinutes(1));

    private final FrameDecoder here;
    private final FrameDecoder there;
    private final ByteBuffer slot;

    /** Of one frame. */
    private record Cost(double millis, double cpuMillis) {}

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes both.
    IsolationCost(Preprocessing preprocessing) {
        here = new PictureFrameDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL);
        there = new IsolatedFrameDecoder(
                new DecoderStart(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL), ISOLATION);
        slot = ByteBuffer.allocateDirect(preprocessing.byteSize());
    }

    /** Measures each payload, and reports medians by its name. */
    void measure(Report report, Map<String, byte[]> payloads, int rounds, Duration each) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        report.say("%-44s %18s %18s", "per frame, ms (CPU-ms)", "in this process", "in its own");
        for (Map.Entry<String, byte[]> payload : payloads.entrySet()) {
            List<Cost> inside = new ArrayList<>();
            List<Cost> outside = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                Cost one = cost(here, payload.getValue(), each);
                Cost other = cost(there, payload.getValue(), each);
                // The first warms both up.
                if (round > 0) {
                    inside.add(one);
                    outside.add(other);
                }
            }
            Cost one = median(inside);
            Cost other = median(outside);
            report.say(
                    "%-44s %9.2f (%6.2f) %9.2f (%6.2f)",
                    payload.getKey(), one.millis, one.cpuMillis, other.millis, other.cpuMillis);
            figures.put(payload.getKey(), Map.of("in_this_process", one, "in_its_own", other));
        }
        report.put("isolation", figures);
    }

    private static Cost median(List<Cost> costs) {
        return new Cost(
                Rounds.median(costs.stream().map(Cost::millis).toList()),
                Rounds.median(costs.stream().map(Cost::cpuMillis).toList()));
    }

    private Cost cost(FrameDecoder decoder, byte[] payload, Duration each)
            throws RejectedFrameException, InterruptedException {
        EncodedFrame frame = new EncodedFrame(
                new FrameHead("frame", "camera", 0, 0, 1, Map.of()),
                EncodedFrame.Encoding.UNKNOWN,
                ByteBuffer.wrap(payload));
        // A child that is started now does not count.
        decoder.decode(frame, slot::clear);
        long began = System.nanoTime();
        long cpuBefore = cpuNanos();
        int frames = 0;
        do {
            decoder.decode(frame, slot::clear);
            frames++;
        } while (System.nanoTime() < began + each.toNanos());
        return new Cost((System.nanoTime() - began) / 1e6 / frames, (cpuNanos() - cpuBefore) / 1e6 / frames);
    }

    /** Of this process and its children; the system tells those of the children in steps of 10 ms. */
    private static long cpuNanos() {
        long children = ProcessHandle.current()
                .children()
                .mapToLong(child ->
                        child.info().totalCpuDuration().map(Duration::toNanos).orElse(0L))
                .sum();
        return children + ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    @Override
    public void close() {
        here.close();
        there.close();
    }
}
