package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.ImageHeader;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodeScaleTest {

    @ParameterizedTest
    @CsvSource({"HALF, 0.5", "QUARTER, 3"})
    void shouldDifferFromAFullDecodeByLessThanIsStated(DecodeScale scale, double greyLevels) throws Exception {
        byte[] photo = GoldenPictures.picture("photo-1080x1920.jpg");
        Preprocessing preprocessing = Preprocessing.squash(224, Interpolation.BICUBIC);

        byte[] full = prepare(photo, preprocessing, DecodeScale.FULL);
        byte[] reduced = prepare(photo, preprocessing, scale);

        long sum = 0;
        for (int i = 0; i < full.length; i++) {
            sum += Math.abs((full[i] & 0xff) - (reduced[i] & 0xff));
        }
        assertThat((double) sum / full.length).isPositive().isLessThan(greyLevels);
    }

    @ParameterizedTest
    @CsvSource({"32, 8", "135, 8", "136, 4", "224, 4", "271, 2", "540, 2", "541, 1", "1200, 1"})
    void shouldReduceAutomaticallyWhileEnoughPixelsAreLeft(int size, int divisor) throws Exception {
        ImageHeader header = header("photo-1080x1920.jpg", PictureFormat.JPEG);

        assertThat(DecodeScale.AUTO.divisor(header, Preprocessing.squash(size, Interpolation.BILINEAR)))
                .isEqualTo(divisor);
    }

    @Test
    void shouldDecodeInFullWhatHasNoReducedForm() throws Exception {
        Preprocessing preprocessing = Preprocessing.squash(8, Interpolation.BILINEAR);

        assertThat(DecodeScale.EIGHTH.divisor(header("photo-217x333.png", PictureFormat.PNG), preprocessing))
                .isEqualTo(1);
        assertThat(DecodeScale.EIGHTH.divisor(header("jpeg-cmyk-0-31x45.jpg", PictureFormat.JPEG), preprocessing))
                .isEqualTo(1);
    }

    private static ImageHeader header(String name, PictureFormat format) throws Exception {
        return ImageHeader.read(ByteBuffer.wrap(GoldenPictures.picture(name)), format);
    }

    private static byte[] prepare(byte[] picture, Preprocessing preprocessing, DecodeScale scale) throws Exception {
        ByteBuffer slot = ByteBuffer.allocate(preprocessing.byteSize());
        try (PictureDecoder decoder = new PictureDecoder(preprocessing, DecodeLimits.defaults(), scale)) {
            decoder.decode(ByteBuffer.wrap(picture), Optional.empty(), () -> slot);
        }
        return slot.array();
    }
}
