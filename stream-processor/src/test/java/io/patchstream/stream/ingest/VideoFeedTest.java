package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Encoding;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.video.ClipWriter;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoLimits;
import io.patchstream.vision.video.VideoSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VideoFeedTest {
    @TempDir
    Path folder;

    private VideoAddress video;

    /** 2 s at 30 pictures a second. */
    @BeforeEach
    void write() throws IOException {
        Path clip = folder.resolve("clip.mp4");
        try (ClipWriter writer = new ClipWriter(clip, 64, 48, 30, 24, 15)) {
            for (int number = 0; number < 60; number++) {
                byte[] pixels = new byte[64 * 48 * 3];
                Arrays.fill(pixels, (byte) (2 * number));
                writer.write(new RgbImage(48, 64, pixels));
            }
        }
        video = VideoAddress.of(clip);
    }

    @Test
    void shouldSendEachPictureAsAJpeg() throws IOException {
        List<EncodedPictures> read = read(VideoFeed.Style.stills());

        assertThat(read).hasSize(60).allSatisfy(still -> {
            assertThat(still.encoding()).isEqualTo(Encoding.JPEG);
            assertThat(still.pictures()).isEqualTo(1);
            assertThat(still.payload().get(0)).isEqualTo((byte) 0xFF);
            assertThat(still.payload().get(1)).isEqualTo((byte) 0xD8);
        });
        assertThat(read.get(30).firstMicros()).isEqualTo(1_000_000);
    }

    @Test
    void shouldTakeNoMorePicturesASecondThanAsked() throws IOException {
        assertThat(read(new VideoFeed.Style(0, 90, 10))).hasSize(20);
        assertThat(read(new VideoFeed.Style(0, 90, 7))).hasSizeBetween(13, 15);
        assertThat(read(new VideoFeed.Style(0, 90, 100))).hasSize(60);
    }

    @Test
    void shouldSendClosedGroupsThatHoldEveryPictureOnce() throws IOException {
        List<EncodedPictures> read = read(new VideoFeed.Style(8, 80, Double.POSITIVE_INFINITY));

        assertThat(read).extracting(EncodedPictures::pictures).containsExactly(8, 8, 8, 8, 8, 8, 8, 4);
        assertThat(read).extracting(EncodedPictures::encoding).containsOnly(Encoding.H264);
        for (EncodedPictures segment : read) {
            assertThat(decoded(segment)).isEqualTo(segment.pictures());
            assertThat(segment.lastMicros() - segment.firstMicros())
                    .isBetween((segment.pictures() - 1) * 33_000L, (segment.pictures() - 1) * 34_000L);
        }
    }

    private int decoded(EncodedPictures segment) throws IOException {
        Path file =
                Files.write(folder.resolve("segment.h264"), segment.payload().array());
        int count = 0;
        try (VideoSource source = VideoSource.open(VideoAddress.of(file), VideoLimits.standard())) {
            while (source.read().isPresent()) {
                count++;
            }
        }
        return count;
    }

    private List<EncodedPictures> read(VideoFeed.Style style) throws IOException {
        List<EncodedPictures> all = new ArrayList<>();
        try (FrameFeed feed = new VideoFeed.At(video, VideoLimits.standard(), style).open()) {
            for (Optional<EncodedPictures> next = feed.next(); next.isPresent(); next = feed.next()) {
                all.add(next.get());
            }
        }
        return all;
    }
}
