package io.patchstream.bench.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Frame;
import io.patchstream.stream.ingest.Camera;
import io.patchstream.stream.ingest.FramePublisher;
import io.patchstream.stream.ingest.VideoFeed;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoException;
import io.patchstream.vision.video.VideoLimits;
import io.patchstream.vision.video.VideoSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A camera over RTSP: what it shows, and what is said when it does not. */
class RtspTest {
    private static final RtspServer.Login LOGIN = new RtspServer.Login("door", "s3cr@t");
    private static final String RIGHT = "rtsp://door:s3cr%40t@";
    private static final String WRONG = "rtsp://door:s3crEt@";
    private static final VideoLimits PATIENT = new VideoLimits(Duration.ofSeconds(20), Duration.ofSeconds(20), 1 << 20);
    private static final VideoLimits HASTY = new VideoLimits(Duration.ofSeconds(2), Duration.ofSeconds(2), 1 << 20);

    /** Frames in memory. */
    private static final class Collected implements FramePublisher {
        private final List<Frame> frames = new CopyOnWriteArrayList<>();

        @Override
        public void publish(Frame frame) {
            frames.add(frame);
        }

        @Override
        public long maxPayloadBytes() {
            return 1 << 20;
        }
    }

    private static VideoException refusal(String address, VideoLimits limits) {
        return catchThrowableOfType(VideoException.class, () -> {
            try (VideoSource source = VideoSource.open(VideoAddress.parse(address), limits)) {
                source.read();
            }
        });
    }

    private static Camera camera(String address, Collected frames) {
        return new Camera(
                new Camera.Habits("door", false, true),
                new VideoFeed.At(VideoAddress.parse(address), PATIENT, VideoFeed.Style.stills()),
                frames,
                () -> true);
    }

    @Test
    void shouldShowItsPictures() throws IOException {
        try (RtspServer server = RtspServer.start(Optional.of(LOGIN));
                VideoSource source = VideoSource.open(VideoAddress.parse(RIGHT + server.place()), PATIENT)) {
            assertThat(source.width()).isEqualTo(96);
            assertThat(source.read()).isPresent();
            assertThat(source.read()).isPresent();
        }
    }

    @Test
    void shouldSayThatTheLoginIsRefusedAndNotShowIt() throws IOException {
        try (RtspServer server = RtspServer.start(Optional.of(LOGIN))) {
            VideoException refusal = refusal(WRONG + server.place(), PATIENT);
            assertThat(refusal.loginRefused()).isTrue();
            assertThat(refusal)
                    .hasMessageStartingWith("cannot open rtsp://…@" + server.place())
                    .hasMessageContaining("it refuses user or password")
                    .hasMessageNotContaining("s3crEt");
            assertThat(refusal("rtsp://" + server.place(), PATIENT))
                    .hasMessageContaining("it wants a login, which goes before the host: rtsp://USER:PASSWORD@HOST/");
        }
    }

    @Test
    void shouldSayThatThePathIsWrong() throws IOException {
        try (RtspServer server = RtspServer.start(Optional.empty())) {
            assertThat(refusal("rtsp://" + server.place().replace("stream1", "stream9"), PATIENT))
                    .hasMessageContaining("no stream of this path");
        }
    }

    @Test
    void shouldSayThatNothingListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(refusal("rtsp://127.0.0.1:" + port + "/stream1", PATIENT))
                .hasMessageContaining("nothing listens there");
    }

    @Test
    void shouldSayThatItDoesNotAnswer() throws IOException {
        try (RtspServer server = RtspServer.start(Optional.empty())) {
            server.behave(RtspServer.Mood.SILENT);
            assertThat(refusal("rtsp://" + server.place(), HASTY)).hasMessageContaining("no answer within 2 s");
        }
    }

    @Test
    void shouldSayThatPicturesStoppedComing() throws IOException {
        try (RtspServer server = RtspServer.start(Optional.empty());
                VideoSource source = VideoSource.open(
                        VideoAddress.parse("rtsp://" + server.place()),
                        new VideoLimits(Duration.ofSeconds(20), Duration.ofSeconds(1), 1 << 20))) {
            source.read();
            server.behave(RtspServer.Mood.STALLED);
            VideoException stalled = catchThrowableOfType(VideoException.class, () -> {
                while (true) {
                    source.read();
                }
            });
            assertThat(stalled).hasMessageContaining("no picture for 1 s");
        }
    }

    @Test
    void shouldComeBackWhenTheCameraRestartsAndGoOnCounting() throws Exception {
        Collected frames = new Collected();
        try (RtspServer server = RtspServer.start(Optional.of(LOGIN))) {
            Camera camera = camera(RIGHT + server.place(), frames);
            Thread thread = new Thread(camera, "camera");
            thread.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> frames.frames.size() >= 3);
            server.hangUp();
            await().atMost(Duration.ofSeconds(30)).until(() -> camera.counts().reconnects() > 0);
            int before = frames.frames.size();
            await().atMost(Duration.ofSeconds(30)).until(() -> frames.frames.size() > before + 3);
            camera.stop();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
            assertThat(camera.failure()).isEmpty();
            for (int i = 0; i < frames.frames.size(); i++) {
                assertThat(frames.frames.get(i).getSequence()).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldNotTryAWrongLoginAgainAndAgain() throws Exception {
        Collected frames = new Collected();
        try (RtspServer server = RtspServer.start(Optional.of(LOGIN))) {
            Camera camera = camera(WRONG + server.place(), frames);
            Thread thread = new Thread(camera, "camera");
            thread.start();
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
            assertThat(camera.failure()).get().isInstanceOf(VideoException.class);
            assertThat(frames.frames).isEmpty();
            assertThat(server.refused()).isEqualTo(1);
        }
    }
}
