package io.patchstream.vision;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreprocessorTest {

    @Test
    void shouldEqualPillowBitForBitAtEverySize() throws Exception {
        List<String> wrong = new ArrayList<>();
        Map<String, RgbImage> pictures = new HashMap<>();
        int cases = 0;
        for (String line : goldenLines()) {
            String[] cell = line.split("\t");
            RgbImage image = pictures.computeIfAbsent(
                    cell[0] + "x" + cell[1],
                    size -> SyntheticPicture.of(Integer.parseInt(cell[0]), Integer.parseInt(cell[1])));
            Preprocessing preprocessing = new Preprocessing(
                    Resize.valueOf(cell[2]),
                    Integer.parseInt(cell[3]),
                    Integer.parseInt(cell[4]),
                    Integer.parseInt(cell[5]),
                    Interpolation.valueOf(cell[6]),
                    Boolean.parseBoolean(cell[7]));
            ByteBuffer slot = ByteBuffer.allocate(preprocessing.byteSize());

            new Preprocessor(preprocessing).prepare(image, slot);

            if (!sha256(slot.array()).equals(cell[8])) {
                wrong.add(line);
            }
            cases++;
        }
        assertThat(wrong).isEmpty();
        assertThat(cases).isGreaterThan(700);
    }

    @Test
    void shouldGiveTheSamePixelsWhenReusedForOtherSizes() {
        Preprocessing preprocessing = Preprocessing.centreCrop(40, 32, Interpolation.BICUBIC);
        Preprocessor reused = new Preprocessor(preprocessing);
        for (int[] size : new int[][] {{64, 48}, {500, 40}, {33, 700}, {64, 48}}) {
            RgbImage image = SyntheticPicture.of(size[0], size[1]);
            assertThat(prepare(reused, image)).isEqualTo(prepare(new Preprocessor(preprocessing), image));
        }
    }

    @Test
    void shouldWriteIntoTheMiddleOfADirectBuffer() {
        Preprocessing preprocessing = Preprocessing.squash(16, Interpolation.BILINEAR);
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        RgbImage image = SyntheticPicture.of(50, 60);
        ByteBuffer batch = ByteBuffer.allocateDirect(3 * preprocessing.byteSize());

        preprocessor.prepare(image, batch.slice(preprocessing.byteSize(), preprocessing.byteSize()));

        byte[] written = new byte[batch.capacity()];
        batch.get(0, written);
        byte[] expected = new byte[batch.capacity()];
        System.arraycopy(prepare(preprocessor, image), 0, expected, preprocessing.byteSize(), preprocessing.byteSize());
        assertThat(written).isEqualTo(expected);
    }

    @Test
    void shouldRefuseASlotOfAnotherSize() {
        Preprocessor preprocessor = new Preprocessor(Preprocessing.squash(16, Interpolation.BILINEAR));
        RgbImage image = SyntheticPicture.of(4, 4);

        assertThatThrownBy(() -> preprocessor.prepare(image, ByteBuffer.allocate(700)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the slot has 700 bytes; a picture of 16 x 16 takes 768");
    }

    private static byte[] prepare(Preprocessor preprocessor, RgbImage image) {
        ByteBuffer slot = ByteBuffer.allocate(preprocessor.preprocessing().byteSize());
        preprocessor.prepare(image, slot);
        assertThat(slot.hasRemaining()).isFalse();
        return slot.array();
    }

    private static List<String> goldenLines() throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(PreprocessorTest.class.getResourceAsStream("/golden/resampled.tsv"), UTF_8))) {
            return lines.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
