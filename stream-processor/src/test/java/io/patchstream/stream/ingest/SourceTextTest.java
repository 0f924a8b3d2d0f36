package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.video.VideoLimits;
import java.io.IOException;
import java.nio.file.Files;
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

    @Test
    void shouldReadALoginFromElsewhereAndNotShowIt() throws IOException {
        Path login = folder.resolve("login.properties");
        Files.writeString(login, "door=user:s3cret");
        assertThat(source("rtsp://${file:" + login + ":door}@camera/stream"))
                .isInstanceOfSatisfying(
                        VideoFeed.At.class,
                        at -> assertThat(at.address().url()).isEqualTo("rtsp://user:s3cret@camera/stream"))
                .hasToString("rtsp://…@camera/stream");
        assertThatThrownBy(() -> source("rtsp://${env:NO_SUCH_LOGIN}@camera/stream"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("${env:NO_SUCH_LOGIN} names nothing");
    }

    private static FrameFeed.Source source(String text) {
        return new SourceText(text).open(10, VideoFeed.Style.stills(), VideoLimits.standard());
    }
}
