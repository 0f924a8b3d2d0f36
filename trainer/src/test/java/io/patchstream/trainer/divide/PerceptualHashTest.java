package io.patchstream.trainer.divide;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.Pictures;
import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The golden hashes are imagehash's: see {@code make_hashes.py}. */
class PerceptualHashTest {
    private static final Path PICTURES = Path.of("../vision/src/test/resources/golden/pictures");

    private final PerceptualHash perceptual = new PerceptualHash();

    @Test
    void shouldHashAsImagehashDoes() throws Exception {
        List<String> golden = Files.readAllLines(Path.of("src/test/resources/hashes.tsv"));
        try (ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            for (String line : golden) {
                String name = line.split("\t")[0];
                RgbImage image = decoder.decode(Files.readAllBytes(PICTURES.resolve(name)));
                assertThat(String.format("%016x", perceptual.hash(PerceptualHash.grey(image))))
                        .as(name)
                        .isEqualTo(line.split("\t")[1]);
            }
        }
        assertThat(golden).hasSizeGreaterThan(50);
    }

    @Test
    void shouldShrinkToMeans() {
        RgbImage image = Pictures.blobs(3, 160, 160);
        byte[] thumbnail = perceptual.thumbnail(PerceptualHash.grey(image));

        double whole = 0;
        for (byte value : PerceptualHash.grey(image).pixels()) {
            whole += (value & 0xff) / (double) image.pixels().length;
        }
        double small = 0;
        for (byte value : thumbnail) {
            small += (value & 0xff) / (double) thumbnail.length;
        }
        assertThat(small).isCloseTo(whole, org.assertj.core.api.Assertions.within(1.0));
    }
}
