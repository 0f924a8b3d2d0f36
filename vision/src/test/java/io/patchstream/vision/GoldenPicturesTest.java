package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GoldenPicturesTest {

    @Test
    void shouldDecodeEveryKindOfPictureAsPillowDoes() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<String[]> table = GoldenPictures.table("pictures/decoded.tsv");
        try (ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            for (String[] cell : table) {
                try {
                    RgbImage image = decoder.decode(GoldenPictures.picture(cell[0]));

                    String found = image.height() + "\t" + image.width() + "\t" + GoldenPictures.sha256(image.pixels());
                    if (!found.equals(cell[1] + "\t" + cell[2] + "\t" + cell[3])) {
                        wrong.add(cell[0] + " gives " + found);
                    }
                } catch (UndecodableException e) {
                    wrong.add(cell[0] + ": " + e.getMessage());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(table).hasSizeGreaterThan(350);
    }

    @Test
    void shouldPreprocessEncodedPicturesAsPillowDoes() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<String[]> table = GoldenPictures.table("pictures/prepared.tsv");
        for (String[] cell : table) {
            Preprocessing preprocessing = new Preprocessing(
                    Resize.valueOf(cell[1]),
                    Integer.parseInt(cell[2]),
                    Integer.parseInt(cell[3]),
                    Integer.parseInt(cell[4]),
                    Interpolation.valueOf(cell[5]),
                    true);
            ByteBuffer slot = ByteBuffer.allocate(preprocessing.byteSize());
            try (PictureDecoder decoder =
                    new PictureDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL)) {
                int pictures =
                        decoder.decode(ByteBuffer.wrap(GoldenPictures.picture(cell[0])), Optional.empty(), () -> slot);

                if (pictures != 1 || !GoldenPictures.sha256(slot.array()).equals(cell[6])) {
                    wrong.add(String.join(" ", cell));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(table).hasSizeGreaterThan(500);
    }
}
