package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Refused before memory is taken that what they claim would need. */
class BombsTest {
    private static final Map<String, byte[]> BOMBS = Bombs.all();
    private static final Preprocessing PREPROCESSING = Preprocessing.squash(16, Interpolation.BILINEAR);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    /** What the rest of the process may do meanwhile; the least of the bombs claims 27 times as much. */
    private static final long NOISE_KB = 32 << 10;
    /** CPU time: what a frame of 50 megapixels takes is some hundred. */
    private static final long PATIENCE_MILLIS = 1_000;

    private static final Map<String, byte[]> ANIMATIONS = Bombs.animations();

    static Stream<String> animations() {
        return ANIMATIONS.keySet().stream();
    }

    static Stream<String> bombs() {
        return BOMBS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void shouldRefuseWithoutTakingTheMemory(String name) throws Exception {
        Taken taken = decode(name, BOMBS.get(name));

        assertThat(taken.refusal).as("a refusal").isNotNull();
        assertThat(taken.refusal.code()).isEqualTo(expected(name));
        taken.isLittle();
    }

    @ParameterizedTest
    @MethodSource("animations")
    void shouldDecodeTheStillPictureOfAnAnimationWithoutTakingItsMemory(String name) throws Exception {
        Taken taken = decode(name, ANIMATIONS.get(name));

        assertThat(taken.refusal).isNull();
        taken.isLittle();
    }

    private static Code expected(String name) {
        if (name.startsWith("GIF") || name.startsWith("TIFF")) {
            return Code.UNSUPPORTED;
        }
        if (name.contains("private data") || name.endsWith("nothing comes")) {
            return Code.CORRUPT;
        }
        return name.endsWith("without its rows") ? Code.TRUNCATED : Code.TOO_LARGE;
    }

    /** What decoding took; {@code refusal} is null when there was none. */
    private record Taken(UndecodableException refusal, long heapKb, long residentKb, long millis) {
        void isLittle() {
            assertThat(heapKb).as("heap, KiB").isLessThan(4 << 10);
            assertThat(residentKb).as("resident, KiB").isLessThan(NOISE_KB);
            assertThat(millis).as("milliseconds").isLessThan(PATIENCE_MILLIS);
        }
    }

    private static Taken decode(String name, byte[] bomb) throws Exception {
        assertThat(bomb.length).isLessThan(200_000);
        try (PictureDecoder decoder = new PictureDecoder(PREPROCESSING, DecodeLimits.defaults(), DecodeScale.FULL)) {
            ByteBuffer slot = ByteBuffer.allocate(PREPROCESSING.byteSize());
            decoder.decode(ByteBuffer.wrap(Bombs.golden("segments/h264.mp4")), Optional.empty(), slot::clear);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long heapBefore = threads.getCurrentThreadAllocatedBytes();
            long cpuBefore = threads.getCurrentThreadCpuTime();
            // What was freed before would hide what is taken now.
            NativeMemory.trim();
            long residentBefore = resident("VmRSS");
            forgetPeak();

            UndecodableException refusal = catchThrowableOfType(
                    UndecodableException.class,
                    () -> decoder.decode(ByteBuffer.wrap(bomb), Optional.empty(), slot::clear));

            Taken taken = new Taken(
                    refusal,
                    (threads.getCurrentThreadAllocatedBytes() - heapBefore) >> 10,
                    resident("VmHWM") - residentBefore,
                    (threads.getCurrentThreadCpuTime() - cpuBefore) / 1_000_000);
            System.out.printf(
                    "%s (%d bytes): %s, heap %d KiB, resident %d KiB, %d CPU-ms%n",
                    name, bomb.length, refusal, taken.heapKb, taken.residentKb, taken.millis);
            return taken;
        }
    }

    /** The measure itself: what is within the limits does take memory. */
    @Test
    void shouldSeeTheMemoryOfALargePicture() throws Exception {
        if (!Files.isWritable(CLEAR)) {
            return;
        }
        long before = resident("VmRSS");
        forgetPeak();
        ByteBuffer bytes = ByteBuffer.allocateDirect(64 << 20);
        for (int at = 0; at < bytes.capacity(); at += 4096) {
            bytes.put(at, (byte) 1);
        }

        assertThat(resident("VmHWM") - before).isGreaterThan(NOISE_KB);
        assertThat(bytes.get(4096)).isEqualTo((byte) 1);
    }

    /** So that the peak from here on is seen; 0 and nothing where the system does not tell. */
    private static void forgetPeak() throws IOException {
        if (Files.isWritable(CLEAR)) {
            Files.writeString(CLEAR, "5");
        }
    }

    private static long resident(String field) throws IOException {
        if (!Files.isWritable(CLEAR)) {
            return 0;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }
}
