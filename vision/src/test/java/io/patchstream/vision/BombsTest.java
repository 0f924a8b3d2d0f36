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

    static Stream<String> bombs() {
        return BOMBS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void shouldRefuseWithoutTakingTheMemory(String name) throws Exception {
        byte[] bomb = BOMBS.get(name);
        assertThat(bomb.length).isLessThan(200_000);
        try (PictureDecoder decoder = new PictureDecoder(PREPROCESSING, DecodeLimits.defaults(), DecodeScale.FULL)) {
            ByteBuffer slot = ByteBuffer.allocate(PREPROCESSING.byteSize());
            decoder.decode(ByteBuffer.wrap(Bombs.golden("segments/h264.mp4")), Optional.empty(), slot::clear);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long heapBefore = threads.getCurrentThreadAllocatedBytes();
            long residentBefore = resident("VmRSS");
            forgetPeak();

            UndecodableException refusal = catchThrowableOfType(
                    UndecodableException.class,
                    () -> decoder.decode(ByteBuffer.wrap(bomb), Optional.empty(), slot::clear));

            long heapKb = (threads.getCurrentThreadAllocatedBytes() - heapBefore) >> 10;
            long residentKb = resident("VmHWM") - residentBefore;
            System.out.printf("%s: %s, heap %d KiB, resident %d KiB%n", name, refusal, heapKb, residentKb);
            assertThat(refusal).as("a refusal").isNotNull();
            assertThat(refusal.code())
                    .isEqualTo(
                            name.startsWith("GIF") || name.startsWith("TIFF")
                                    ? Code.UNSUPPORTED
                                    : name.endsWith("without its rows") ? Code.TRUNCATED : Code.TOO_LARGE);
            assertThat(heapKb).as("heap, KiB").isLessThan(4 << 10);
            assertThat(residentKb).as("resident, KiB").isLessThan(NOISE_KB);
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
