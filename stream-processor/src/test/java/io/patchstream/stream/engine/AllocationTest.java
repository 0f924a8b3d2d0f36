package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import com.sun.management.ThreadMXBean;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.video.SegmentEncoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a frame leaves on the heap, from its encoded bytes to its answer, does not depend on how many pixels it has. Counted
 * by the JVM for each thread; the encoded bytes are there before, so they do not count.
 */
class AllocationTest {
    private static final int WARM_UP = 64;
    private static final int FRAMES = 24;
    private static final int ROUNDS = 3;
    /** Below a row of pixels; what waiting leaves in one round and not in another is less. */
    private static final long SLACK = 512;
    /** Long enough for a batch to fill on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** A PNG has a chunk in some thousand bytes. */
    private static final int ENCODED_BYTES_PER_BYTE = 256;
    /** What the model reads of one. */
    private static final int PICTURE_BYTES = 32 * 32 * 3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final FrameSource SOURCE = new FrameSource("stream-1", "frames", 0);

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp", "h264"})
    void shouldLeaveNoMoreGarbageForFourTimesThePixels(String format) throws Exception {
        ByteBuffer small = ByteBuffer.wrap(encoded(format, 320, 240));
        ByteBuffer large = ByteBuffer.wrap(encoded(format, 640, 480));
        assertThat(moreForLarge(small, large, 1)).isLessThan(allowed(small, large));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png"})
    void shouldLeaveNoMoreGarbageForFourTimesThePixelsOfATallPicture(String format) throws Exception {
        ByteBuffer small = ByteBuffer.wrap(encoded(format, 240, 1920));
        ByteBuffer large = ByteBuffer.wrap(encoded(format, 480, 3840));
        assertThat(moreForLarge(small, large, 1)).isLessThan(allowed(small, large));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "h264"})
    void shouldLeaveNoMoreGarbageForFourTimesThePixelsInBatchesOfEight(String format) throws Exception {
        ByteBuffer small = ByteBuffer.wrap(encoded(format, 320, 240));
        ByteBuffer large = ByteBuffer.wrap(encoded(format, 640, 480));
        assertThat(moreForLarge(small, large, 8)).isLessThan(allowed(small, large));
    }

    /** Gathering takes no heap, tensors and outputs are used again: what is left of a batch is smaller than its pixels. */
    @Test
    void shouldLeaveOfABatchOfEightNothingAsLargeAsItsPixels() throws Exception {
        ByteBuffer picture = ByteBuffer.wrap(encoded("jpg", 320, 240));
        try (LookAheadEngine engine = open(8)) {
            perFrame(engine, picture, WARM_UP, 8);
            long eightsBefore = batchesOf(engine, 8);
            long before = allocated("infer-");
            perFrame(engine, picture, FRAMES, 8);
            long perPicture = (allocated("infer-") - before) / FRAMES;

            assertThat(batchesOf(engine, 8) - eightsBefore).isEqualTo(FRAMES / 8);
            assertThat(perPicture).isPositive().isLessThan(PICTURE_BYTES);
        }
    }

    private static long batchesOf(LookAheadEngine engine, int size) {
        return engine.statistics().batching().sizes().getOrDefault(size, 0L);
    }

    private static long allowed(ByteBuffer small, ByteBuffer large) {
        return SLACK + Math.max(0, large.remaining() - small.remaining()) / ENCODED_BYTES_PER_BYTE;
    }

    /** Bytes on the heap that a large frame leaves beyond a small one; the least of some rounds. */
    private static long moreForLarge(ByteBuffer small, ByteBuffer large, int batch) throws Exception {
        try (LookAheadEngine engine = open(batch)) {
            perFrame(engine, large, WARM_UP, batch);
            perFrame(engine, small, WARM_UP, batch);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                perFrame(engine, large, FRAMES, batch);
                long forLarge = perFrame(engine, large, FRAMES, batch);
                perFrame(engine, small, FRAMES, batch);
                long forSmall = perFrame(engine, small, FRAMES, batch);
                assertThat(forSmall).isPositive();
                least = Math.min(least, forLarge - forSmall);
            }
            return least;
        }
    }

    @MustBeClosed
    private static LookAheadEngine open(int batch) throws IOException {
        EngineSettings settings = EngineSettings.defaults()
                .withThreads(1, 1)
                .withMaxBatch(batch)
                .withMinBatch(batch)
                .withMaxDelay(PATIENCE)
                .withGoldenRequired(false);
        return LookAheadEngine.open(TinyFolder.original("fp32"), settings);
    }

    /** As many frames at a time as go into a batch; no decoding begins before all are there, so that none goes without. */
    private static long perFrame(LookAheadEngine engine, ByteBuffer picture, int frames, int batch) throws Exception {
        long before = allocated("decode-") + allocated("infer-");
        FrameHead head = new FrameHead("frame", "camera", 0, 0, 1, Map.of());
        for (int i = 0; i < frames; i += batch) {
            CountDownLatch allThere = new CountDownLatch(1);
            List<FrameTicket> tickets = new ArrayList<>();
            for (int j = 0; j < batch; j++) {
                tickets.add(engine.submit(FrameRequest.of(SOURCE, () -> {
                    await(allThere);
                    return new EncodedFrame(head, EncodedFrame.Encoding.UNKNOWN, picture.duplicate());
                })));
            }
            allThere.countDown();
            for (FrameTicket ticket : tickets) {
                int pictures = engine.await(ticket).fold(done -> done.pictures().size(), rejected -> 0, dropped -> 0);
                assertThat(pictures).isPositive();
            }
        }
        return (allocated("decode-") + allocated("infer-") - before) / frames;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On the engine's threads of a role; this one counts no pixels. */
    private static long allocated(String role) {
        return Stream.of(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith(role))
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }

    private static byte[] encoded(String format, int width, int height) throws Exception {
        return format.equals("h264") ? segment(width, height) : still(format, width, height);
    }

    private static byte[] still(String format, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (x + y) / 8 % 256 * 0x010101);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static byte[] segment(int width, int height) throws Exception {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / 3 % width);
        }
        byte[] reversed = new byte[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            reversed[i] = pixels[pixels.length - 1 - i];
        }
        try (SegmentEncoder encoder = new SegmentEncoder(width, height, 10, 30)) {
            return encoder.encode(List.of(new RgbImage(height, width, pixels), new RgbImage(height, width, reversed)));
        }
    }
}
