package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.video.VideoLimits;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTextTest {
    @TempDir
    Path folder;

    @Test
    void shouldTellImageFilesFromVideos() {
        assertThat(source(folder.toString())).isInstanceOf(ImageFiles.class);
        assertThat(source(folder.toUri().toString())).isInstanceOf(ImageFiles.class);
        assertThat(source("photo.JPG")).isInstanceOf(ImageFiles.class);
        assertThat(source("stills.zip")).isInstanceOf(ImageFiles.class);
        assertThat(source("clip.mp4")).isInstanceOf(VideoFeed.At.class);
        assertThat(source("rtsp://camera/stream")).isInstanceOf(VideoFeed.At.class);
        assertThat(source("http://camera/still.jpg")).isInstanceOf(VideoFeed.At.class);
    }

    @Test
    void shouldTellLiveSourcesFromFiles() {
        assertThat(source("rtsp://camera/stream").live()).isTrue();
        assertThat(source("webcam:0").live()).isTrue();
        assertThat(source("clip.mp4").live()).isFalse();
        assertThat(source(folder.toString()).live()).isFalse();
    }

    private static FrameFeed.Source source(String text) {
        return new SourceText(text).open(10, VideoFeed.Style.stills(), VideoLimits.standard());
    }
}
