package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.lang.management.ThreadInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a frame leaves on the heap, from its encoded bytes to its answer, does not depend on how many pixels it has. Counted
 * by the JVM for each thread; the encoded bytes are there before, so they do not count.
 */
class AllocationTest {
    private static final int WARM_UP = 60;
    private static final int FRAMES = 20;
    private static final int ROUNDS = 3;
    /** Below a row of pixels; what waiting leaves in one round and not in another is less. */
    private static final long SLACK = 512;
    /** A PNG has a chunk in some thousand bytes. */
    private static final int ENCODED_BYTES_PER_BYTE = 256;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final FrameSource SOURCE = new FrameSource("stream-1", "frames", 0);

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp", "h264"})
    void shouldLeaveNoMoreGarbageForFourTimesThePixels(String format) throws Exception {
        ByteBuffer small = ByteBuffer.wrap(encoded(format, 320, 240));
        ByteBuffer large = ByteBuffer.wrap(encoded(format, 640, 480));
        assertThat(moreForLarge(small, large)).isLessThan(allowed(small, large));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png"})
    void shouldLeaveNoMoreGarbageForFourTimesThePixelsOfATallPicture(String format) throws Exception {
        ByteBuffer small = ByteBuffer.wrap(encoded(format, 240, 1920));
        ByteBuffer large = ByteBuffer.wrap(encoded(format, 480, 3840));
        assertThat(moreForLarge(small, large)).isLessThan(allowed(small, large));
    }

    private static long allowed(ByteBuffer small, ByteBuffer large) {
        return SLACK + Math.max(0, large.remaining() - small.remaining()) / ENCODED_BYTES_PER_BYTE;
    }

    /** Bytes on the heap that a large frame leaves beyond a small one; the least of some rounds. */
    private static long moreForLarge(ByteBuffer small, ByteBuffer large) throws Exception {
        EngineSettings settings =
                EngineSettings.defaults().withThreads(1, 1).withMaxBatch(1).withGoldenRequired(false);
        try (LookAheadEngine engine = LookAheadEngine.open(TinyFolder.original("fp32"), settings)) {
            perFrame(engine, large, WARM_UP);
            perFrame(engine, small, WARM_UP);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                perFrame(engine, large, FRAMES);
                long forLarge = perFrame(engine, large, FRAMES);
                perFrame(engine, small, FRAMES);
                long forSmall = perFrame(engine, small, FRAMES);
                assertThat(forSmall).isPositive();
                least = Math.min(least, forLarge - forSmall);
            }
            return least;
        }
    }

    private static long perFrame(LookAheadEngine engine, ByteBuffer picture, int frames) throws Exception {
        long before = allocated();
        FrameHead head = new FrameHead("frame", "camera", 0, 0, 1, Map.of());
        for (int i = 0; i < frames; i++) {
            FrameTicket ticket = engine.submit(FrameRequest.of(
                    SOURCE, () -> new EncodedFrame(head, EncodedFrame.Encoding.UNKNOWN, picture.duplicate())));
            int pictures = engine.await(ticket).fold(done -> done.pictures().size(), rejected -> 0, dropped -> 0);
            assertThat(pictures).isPositive();
        }
        return (allocated() - before) / frames;
    }

    /** On the engine's threads; this one counts no pixels. */
    private static long allocated() {
        return Stream.of(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null)
                .filter(AllocationTest::isOfTheEngine)
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }

    private static boolean isOfTheEngine(ThreadInfo thread) {
        return thread.getThreadName().startsWith("decode-")
                || thread.getThreadName().startsWith("infer-");
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
