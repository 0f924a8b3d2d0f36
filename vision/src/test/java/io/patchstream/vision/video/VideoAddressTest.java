package io.patchstream.vision.video;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class VideoAddressTest {
    @Test
    void shouldTellWhatIsLive() {
        assertThat(VideoAddress.parse("rtsp://10.0.0.7/stream").live()).isTrue();
        assertThat(VideoAddress.parse("https://example.org/live/index.M3U8?token=1")
                        .live())
                .isTrue();
        assertThat(VideoAddress.parse("webcam:0").live()).isTrue();
        assertThat(VideoAddress.parse("https://example.org/clip.mp4").live()).isFalse();
        assertThat(VideoAddress.parse("clips/a.mp4").live()).isFalse();
    }

    @Test
    void shouldReadFileUris() {
        assertThat(VideoAddress.parse("file:///data/a.mp4").url()).isEqualTo("file:/data/a.mp4");
        assertThat(VideoAddress.parse("/data/a.mp4").url()).isEqualTo("file:/data/a.mp4");
    }

    @Test
    void shouldNotShowAPassword() {
        assertThat(VideoAddress.parse("rtsp://user:secret@10.0.0.7/stream")).hasToString("rtsp://…@10.0.0.7/stream");
        assertThat(VideoAddress.parse("rtsp://user:se@cr/et@10.0.0.7/stream")).hasToString("rtsp://…@10.0.0.7/stream");
        assertThat(VideoAddress.parse("http://10.0.0.7/flv?port=1935&user=admin&password=secret#x"))
                .hasToString("http://10.0.0.7/flv?port=1935&user=…&password=…#x");
    }
}
