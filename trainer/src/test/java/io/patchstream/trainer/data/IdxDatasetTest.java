package io.patchstream.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.data.IdxDataset.Split;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxDatasetTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadPlainAndCompressedFiles() throws IOException {
        TinyIdx.write(folder, 9, 5);

        IdxDataset train = IdxDataset.read(folder, Split.TRAIN);
        IdxDataset test = IdxDataset.read(folder, Split.TEST);

        assertThat(train.size()).isEqualTo(9);
        assertThat(test.size()).isEqualTo(5);
        assertThat(train.label(4)).isEqualTo(1);
        assertThat(train.labels()).containsExactly("0", "1", "2");
        RgbImage image = train.image(0, 0);
        assertThat(image.height()).isEqualTo(28);
        // class 0 is light above and dark below, and grey
        assertThat(image.pixels()[0] & 0xFF).isGreaterThanOrEqualTo(170);
        assertThat(image.pixels()[27 * 28 * 3] & 0xFF).isLessThan(90);
        assertThat(image.pixels()[0]).isEqualTo(image.pixels()[1]).isEqualTo(image.pixels()[2]);
        assertThat(train.grey(0)[5]).isEqualTo(image.pixels()[15]);
    }

    @Test
    void shouldTakeClassNamesFromBesideTheData() throws IOException {
        TinyIdx.write(folder, 3, 3);
        Files.writeString(folder.resolve("labels.txt"), "top\nleft\ncross\n");

        assertThat(IdxDataset.read(folder, Split.TRAIN).labels()).containsExactly("top", "left", "cross");
    }

    @Test
    void shouldHaveAManifestOfTheContents() throws IOException {
        TinyIdx.write(folder, 6, 6);
        String before = IdxDataset.read(folder, Split.TRAIN).manifestSha256();
        assertThat(IdxDataset.read(folder, Split.TRAIN).manifestSha256())
                .isEqualTo(before)
                .hasSize(64);

        Path file = folder.resolve("train-labels-idx1-ubyte");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        assertThat(IdxDataset.read(folder, Split.TRAIN).manifestSha256()).isNotEqualTo(before);
    }

    @Test
    void shouldNameTheFileThatIsBroken() throws IOException {
        TinyIdx.write(folder, 6, 6);
        Path file = folder.resolve("train-images-idx3-ubyte");
        byte[] whole = Files.readAllBytes(file);

        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> IdxDataset.read(folder, Split.TRAIN))
                .hasMessageContaining("train-images-idx3-ubyte")
                .hasMessageContaining("cut short");

        Files.writeString(file, "no such thing");
        assertThatThrownBy(() -> IdxDataset.read(folder, Split.TRAIN)).hasMessageContaining("no IDX file");

        Files.delete(file);
        assertThatThrownBy(() -> IdxDataset.read(folder, Split.TRAIN)).hasMessageContaining(folder.toString());
    }
}
