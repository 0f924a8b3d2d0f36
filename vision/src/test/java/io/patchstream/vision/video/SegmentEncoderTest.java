package io.patchstream.vision.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentEncoderTest {
    @TempDir
    Path folder;

    @Test
    void shouldMakeSegmentsThatDecodeWithoutAnyOther() throws IOException {
        List<RgbImage> second = TestPictures.pictures(160, 120, 8, 8);
        byte[] segment;
        try (SegmentEncoder encoder = new SegmentEncoder(160, 120, 15, 22)) {
            encoder.encode(TestPictures.pictures(160, 120, 0, 8));
            segment = encoder.encode(second);
        }

        List<RgbImage> decoded = decode(segment);

        assertThat(segment).startsWith(0, 0, 0, 1, 0x67);
        assertThat(decoded).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertThat(TestPictures.difference(decoded.get(i), second.get(i))).isLessThan(4);
        }
    }

    @Test
    void shouldGiveTheSameBytesForTheSamePictures() throws IOException {
        assertThat(encode(4)).isEqualTo(encode(4));
    }

    @Test
    void shouldLeaveOutALastOddRowAndColumn() throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder(161, 121, 15, 26)) {
            byte[] segment = encoder.encode(TestPictures.pictures(161, 121, 0, 2));

            assertThat(decode(segment)).allSatisfy(picture -> {
                assertThat(picture.width()).isEqualTo(160);
                assertThat(picture.height()).isEqualTo(120);
            });
        }
    }

    @Test
    void shouldRefusePicturesOfAnotherSize() throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder(160, 120, 15, 26)) {
            assertThatThrownBy(() -> encoder.encode(TestPictures.pictures(80, 60, 0, 1)))
                    .hasMessageContaining("80 x 60");
        }
    }

    @Test
    void shouldCloseTwice() throws IOException {
        SegmentEncoder encoder = new SegmentEncoder(160, 120, 15, 26);
        encoder.close();
        encoder.close();
    }

    private static byte[] encode(int count) throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder(160, 120, 15, 26)) {
            return encoder.encode(TestPictures.pictures(160, 120, 0, count));
        }
    }

    private List<RgbImage> decode(byte[] segment) throws IOException {
        Path file = Files.write(folder.resolve("segment.h264"), segment);
        List<RgbImage> pictures = new ArrayList<>();
        try (VideoSource source = VideoSource.open(VideoAddress.of(file), VideoLimits.standard())) {
            for (Optional<VideoPicture> next = source.read(); next.isPresent(); next = source.read()) {
                pictures.add(next.get().image());
            }
        }
        return pictures;
    }
}
