package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private static final DecodeLimits LIMITS = DecodeLimits.defaults();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jpeg-2-31x45.jpg",
                "jpeg-progressive-1-31x45.jpg",
                "jpeg-cmyk-0-31x45.jpg",
                "png-rgb-31x45.png",
                "png-interlaced-depth8-colour6-31x45.png",
                "webp-lossy-31x45.webp",
                "webp-lossless-alpha-31x45.webp",
                "bmp-rgb-31x45.bmp"
            })
    void shouldCallAPictureTruncatedWhereverItIsCut(String name) throws Exception {
        byte[] whole = GoldenPictures.picture(name);
        for (int length = 12; length < whole.length; length += Math.max(whole.length / 97, 1)) {
            assertThat(codeOf(Arrays.copyOf(whole, length), LIMITS))
                    .as(name + " cut after " + length)
                    .isEqualTo(Code.TRUNCATED);
        }
    }

    @Test
    void shouldSayWhatIsMissingAndWhatToDo() throws Exception {
        byte[] whole = GoldenPictures.picture("jpeg-2-31x45.jpg");

        assertThat(messageOf(Arrays.copyOf(whole, 900)))
                .isEqualTo("the JPEG ends after 900 bytes without its end marker: send it whole");
        assertThat(messageOf(new byte[0])).isEqualTo("the frame has no bytes");
        assertThat(messageOf("<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isEqualTo("the bytes do not begin like a picture: send JPEG, PNG, WebP or BMP");
    }

    @Test
    void shouldRefuseABombBeforeMemoryIsTakenForIt() {
        byte[] bomb = pngOf(32_000, 32_000);
        assertThat(bomb.length).isLessThan(1000);

        assertThat(codeOf(bomb, LIMITS)).isEqualTo(Code.TOO_LARGE);
        assertThat(messageOf(bomb))
                .isEqualTo("the picture claims 32000 x 32000 pixels; the limits are 50000000 pixels and 65535 a side: "
                        + "send smaller pictures, or raise the limit on pixels");
    }

    @Test
    void shouldTakeAPictureAsLargeAsTheLimitAndNoLarger() throws Exception {
        byte[] picture = GoldenPictures.picture("png-rgb-31x45.png");

        assertThat(codeOf(picture, new DecodeLimits(picture.length, 31 * 45, 1)))
                .isNull();
        assertThat(codeOf(picture, new DecodeLimits(picture.length - 1, 31 * 45, 1)))
                .isEqualTo(Code.TOO_LARGE);
        assertThat(codeOf(picture, new DecodeLimits(picture.length, 31 * 45 - 1, 1)))
                .isEqualTo(Code.TOO_LARGE);
    }

    @Test
    void shouldCallAPictureWithDamagedPixelsCorrupt() throws Exception {
        byte[] picture = GoldenPictures.picture("webp-lossless-31x45.webp");
        Arrays.fill(picture, 30, 60, (byte) 0xff);

        assertThat(codeOf(picture, LIMITS)).isEqualTo(Code.CORRUPT);
    }

    @Test
    void shouldDecodeOnAfterABadPicture() throws Exception {
        byte[] good = GoldenPictures.picture("jpeg-2-31x45.jpg");
        try (ImageDecoder decoder = new ImageDecoder(LIMITS)) {
            byte[] before = decoder.decode(good).pixels();
            assertThat(codeOf(decoder, Arrays.copyOf(good, 300))).isEqualTo(Code.TRUNCATED);

            assertThat(decoder.decode(good).pixels()).isEqualTo(before);
        }
    }

    @Test
    void shouldReadFromTheMiddleOfADirectOrReadOnlyBufferAndLeaveItsPosition() throws Exception {
        byte[] picture = GoldenPictures.picture("jpeg-2-31x45.jpg");
        ByteBuffer direct = ByteBuffer.allocateDirect(picture.length + 20);
        direct.position(7).put(picture).flip().position(7);
        try (ImageDecoder decoder = new ImageDecoder(LIMITS)) {
            byte[] expected = decoder.decode(picture).pixels();

            assertThat(decoder.decode(direct).pixels()).isEqualTo(expected);
            assertThat(decoder.decode(direct.asReadOnlyBuffer()).pixels()).isEqualTo(expected);
            assertThat(direct.position()).isEqualTo(7);
        }
    }

    @Test
    void shouldBeClosedTwiceWithoutHarm() {
        try (ImageDecoder decoder = new ImageDecoder(LIMITS)) {
            decoder.close();

            assertThatCode(decoder::close).doesNotThrowAnyException();
        }
    }

    private static Code codeOf(byte[] picture, DecodeLimits limits) {
        try (ImageDecoder decoder = new ImageDecoder(limits)) {
            return codeOf(decoder, picture);
        }
    }

    private static Code codeOf(ImageDecoder decoder, byte[] picture) {
        try {
            decoder.decode(picture);
            return null;
        } catch (UndecodableException e) {
            return e.code();
        }
    }

    private static String messageOf(byte[] picture) {
        try (ImageDecoder decoder = new ImageDecoder(LIMITS)) {
            decoder.decode(picture);
            return "";
        } catch (UndecodableException e) {
            return e.getMessage();
        }
    }

    /** A PNG that claims a size and has next to no pixels. */
    private static byte[] pngOf(int height, int width) {
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[100_000]);
        deflater.finish();
        byte[] pixels = new byte[500];
        int length = deflater.deflate(pixels);
        deflater.end();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(ByteBuffer.allocate(8).putLong(0x89504E470D0A1A0AL).array());
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        header.put((byte) 8).put((byte) 2);
        chunk(png, 0x49484452, header.array());
        chunk(png, 0x49444154, Arrays.copyOf(pixels, length));
        chunk(png, 0x49454E44, new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, int type, byte[] data) {
        ByteBuffer body = ByteBuffer.allocate(4 + data.length).putInt(type).put(data);
        CRC32 crc = new CRC32();
        crc.update(body.array());
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(body.array());
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
