package io.patchstream.vision.encoded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureFormatTest {

    @ParameterizedTest
    @CsvSource({
        "pictures/jpeg-0-31x45.jpg, JPEG",
        "pictures/png-rgb-31x45.png, PNG",
        "pictures/webp-lossy-31x45.webp, WEBP",
        "pictures/bmp-rgb-31x45.bmp, BMP",
        "segments/plain.h264, H264",
        "segments/plain.h265, H265",
        "segments/h264.mp4, MP4",
        "segments/h265.mkv, MATROSKA",
        "segments/h264.ts, MPEG_TS"
    })
    void shouldTellAFormatByItsFirstBytes(String name, PictureFormat format) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(name));

        assertThat(PictureFormat.tell(bytes)).contains(format);
        assertThat(bytes.position()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0000000167, H264", // sequence parameters
        "00000109F0, H264", // delimiter
        "00000165 88, H264", // keyframe
        "000001460150, H265", // delimiter
        "0000000140010C, H265", // video parameters
        "000001260180, H265" // keyframe
    })
    void shouldTellTheTwoCodecsApartByTheirFirstUnit(String hex, PictureFormat format) {
        byte[] unit = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThat(PictureFormat.tell(ByteBuffer.wrap(java.util.Arrays.copyOf(unit, 16))))
                .contains(format);
    }

    @Test
    void shouldNotTellWhatItDoesNotKnow() {
        assertThat(PictureFormat.tell(ByteBuffer.wrap(new byte[0]))).isEmpty();
        assertThat(PictureFormat.tell(ByteBuffer.wrap(new byte[40]))).isEmpty();
        assertThat(PictureFormat.tell(ByteBuffer.wrap(
                        "GIF89a, a format of old".getBytes(java.nio.charset.StandardCharsets.US_ASCII))))
                .isEmpty();
    }

    private static byte[] bytes(String name) throws IOException {
        try (var in = PictureFormatTest.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        }
    }
}
