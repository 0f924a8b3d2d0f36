package io.patchstream.vision.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VideoSourceTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadBackAClip() throws IOException {
        Path clip = clip(20);

        try (VideoSource source = open(clip)) {
            assertThat(source.width()).isEqualTo(160);
            assertThat(source.framesPerSecond()).isEqualTo(10);
            for (int t = 0; t < 20; t++) {
                VideoPicture picture = source.read().orElseThrow();
                assertThat(picture.presentationMicros()).isEqualTo(t * 100_000L);
                assertThat(picture.keyframe()).isEqualTo(t % 8 == 0);
                assertThat(TestPictures.difference(picture.image(), TestPictures.picture(160, 120, t)))
                        .isLessThan(4);
            }
            assertThat(source.read()).isEmpty();
            assertThat(source.read()).isEmpty();
            assertThat(source.brokenPackets()).isZero();
        }
    }

    @Test
    void shouldWriteTheSameClipTwice() throws IOException {
        assertThat(Files.readAllBytes(clip(5))).isEqualTo(Files.readAllBytes(clip(5)));
    }

    @Test
    void shouldReadGeneratedPicturesOrNameTheLibraryThatTheyLack() throws IOException {
        int count = 0;
        try (VideoSource source = VideoSource.open(
                VideoAddress.parse("lavfi:testsrc=size=64x48:rate=5:duration=2"), VideoLimits.standard())) {
            while (source.read().isPresent()) {
                count++;
            }
        } catch (VideoException e) {
            // FFmpeg's devices ask for libraries that a machine with nothing but a JDK lacks.
            assertThat(e).hasMessageContaining("devices").hasMessageContaining(".so");
            return;
        }
        assertThat(count).isEqualTo(10);
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        assertThatThrownBy(() -> open(folder.resolve("missing.mp4")))
                .isInstanceOf(VideoException.class)
                .hasMessageContaining("missing.mp4")
                .hasMessageContaining("No such file");
    }

    @Test
    void shouldNameAFileThatIsNoVideo() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.mp4"), "no video at all ".repeat(100));

        assertThatThrownBy(() -> open(text)).isInstanceOf(VideoException.class).hasMessageContaining("notes.mp4");
    }

    @Test
    void shouldPassOverDamageInTheMiddle() throws IOException {
        Path clip = clip(60);
        byte[] bytes = Files.readAllBytes(clip);
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 300, (byte) 0xA5);
        Files.write(clip, bytes);

        int count = 0;
        try (VideoSource source = open(clip)) {
            while (source.read().isPresent()) {
                count++;
            }
        }

        assertThat(count).isBetween(40, 60);
    }

    @Test
    void shouldRefusePicturesThatAreTooLarge() throws IOException {
        VideoLimits limits = new VideoLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), 160 * 120 - 1);
        Path clip = clip(2);

        assertThatThrownBy(() -> VideoSource.open(VideoAddress.of(clip), limits))
                .hasMessageContaining("160 x 120")
                .hasMessageContaining("19199");
    }

    @Test
    void shouldGiveUpOnAServerThatDoesNotAnswer() throws IOException {
        VideoLimits limits = new VideoLimits(Duration.ofMillis(300), Duration.ofMillis(300), 1_000_000);
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            VideoAddress address = VideoAddress.parse("rtsp://127.0.0.1:" + silent.getLocalPort() + "/camera");
            long begin = System.nanoTime();

            assertThatThrownBy(() -> VideoSource.open(address, limits)).isInstanceOf(VideoException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(250), Duration.ofSeconds(5));
        }
    }

    @Test
    void shouldEndAReadThatAnotherThreadAborts() throws Exception {
        byte[] clip = Files.readAllBytes(segmentFile());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> connected = CompletableFuture.supplyAsync(() -> sendAndStall(server, clip));
            VideoAddress address = VideoAddress.parse("tcp://127.0.0.1:" + server.getLocalPort());
            VideoLimits patient = new VideoLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), 1_000_000);
            CompletableFuture<VideoSource> opened = new CompletableFuture<>();
            CompletableFuture<String> reader =
                    CompletableFuture.supplyAsync(() -> readUntilItFails(address, patient, opened));

            opened.get().abort();

            assertThat(reader.get()).contains("aborted");
            connected.get().close();
        }
    }

    @Test
    void shouldGiveBackAllItsMemory() throws IOException {
        Path clip = clip(10);
        for (int i = 0; i < 20; i++) {
            readAll(clip);
        }
        long before = Pointer.physicalBytes();

        for (int i = 0; i < 300; i++) {
            readAll(clip);
        }

        // A leaked decoder or frame would cost 300 times more than this.
        assertThat(Pointer.physicalBytes() - before).isLessThan(40_000_000);
    }

    private static String readUntilItFails(
            VideoAddress address, VideoLimits limits, CompletableFuture<VideoSource> opened) {
        try (VideoSource source = VideoSource.open(address, limits)) {
            opened.complete(source);
            for (Optional<VideoPicture> next = source.read(); next.isPresent(); ) {
                next = source.read();
            }
            return "ended";
        } catch (VideoException e) {
            opened.completeExceptionally(e);
            return e.getMessage();
        }
    }

    private static Socket sendAndStall(ServerSocket server, byte[] bytes) {
        try {
            Socket socket = server.accept();
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readAll(Path clip) throws IOException {
        try (VideoSource source = open(clip)) {
            while (source.read().isPresent()) {
                source.width();
            }
        }
    }

    @MustBeClosed
    private static VideoSource open(Path file) throws VideoException {
        return VideoSource.open(VideoAddress.of(file), VideoLimits.standard());
    }

    private Path segmentFile() throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder(160, 120, 10, 24)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            // More than FFmpeg probes, so that opening ends and reading is what stalls.
            for (int i = 0; i < 40; i++) {
                all.writeBytes(encoder.encode(TestPictures.pictures(160, 120, i, 8)));
            }
            return Files.write(folder.resolve("stream.h264"), all.toByteArray());
        }
    }

    private Path clip(int count) throws IOException {
        Path file = folder.resolve("clip.mp4");
        try (ClipWriter writer = new ClipWriter(file, 160, 120, 10, 24, 8)) {
            for (int t = 0; t < count; t++) {
                writer.write(TestPictures.picture(160, 120, t));
            }
        }
        return file;
    }
}
