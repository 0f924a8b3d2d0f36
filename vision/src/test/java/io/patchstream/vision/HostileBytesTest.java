package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.encoded.UndecodableException.Code;
import io.patchstream.vision.fuzz.FuzzRun;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code -Dhostile.inputs=1000000 -Dhostile.seed=7} for the long run, or {@code ./patchstream bench fuzz}. */
class HostileBytesTest {
    private static final int INPUTS = Integer.getInteger("hostile.inputs", 20_000);
    private static final long SEED = Long.getLong("hostile.seed", 20261123);

    private static final List<String> CORPUS = List.of(
            "pictures/jpeg-0-31x45.jpg",
            "pictures/jpeg-progressive-2-31x45.jpg",
            "pictures/jpeg-ycck-1-31x45.jpg",
            "pictures/jpeg-exif6-31x45.jpg",
            "pictures/png-rgba-31x45.png",
            "pictures/png-interlaced-depth4-colour3-31x45.png",
            "pictures/png-plain-depth16-colour0-31x45.png",
            "pictures/png-animated.png",
            "pictures/webp-lossy-alpha-31x45.webp",
            "pictures/webp-lossless-31x45.webp",
            "pictures/webp-animated.webp",
            "pictures/bmp-rle8-31x45.bmp",
            "pictures/bmp-565-31x45.bmp",
            "pictures/bmp-4bit-31x45.bmp",
            "segments/plain.h264",
            "segments/plain.h265",
            "segments/h264.mp4",
            "segments/h265.mkv",
            "segments/h264.ts");

    /** Inputs that once killed a process. */
    private static final List<String> KILLERS = List.of("/hostile/apng-frame-control.png");

    @Test
    void shouldDecodeOrRefuseWhateverTheBytesAreAndLive() throws Exception {
        FuzzRun run = new FuzzRun(
                INPUTS,
                SEED,
                files(KILLERS.stream()),
                files(CORPUS.stream().map(name -> "/golden/" + name)),
                Path.of("target", "hostile"),
                Duration.ofSeconds(60));

        FuzzRun.Result result = run.run(done -> {});

        System.out.println(INPUTS + " inputs: " + result);
        assertThat(result.findings()).as("inputs that killed or hung").isEmpty();
        assertThat(result.pictures()).isPositive();
        assertThat(result.refused())
                .containsKeys(Code.TRUNCATED, Code.CORRUPT, Code.UNSUPPORTED, Code.TOO_LARGE, Code.NO_KEYFRAME);
        assertThat(result.slowestNanos()).as("slowest, ns").isLessThan(10_000_000_000L);
        // The first half fills caches; what comes after it comes for ever.
        assertThat(result.endKb() - result.halfKb()).as("growth, KiB").isLessThan(16 << 10);
        // All of it: 128 MiB are the heap.
        assertThat(result.endKb()).as("resident, KiB").isLessThan(400 << 10);
    }

    private static List<Path> files(Stream<String> names) {
        return names.map(HostileBytesTest::file).toList();
    }

    private static Path file(String name) {
        return Path.of(URI.create(HostileBytesTest.class.getResource(name).toString()));
    }
}
