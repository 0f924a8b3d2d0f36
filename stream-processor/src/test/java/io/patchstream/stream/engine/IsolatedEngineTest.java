package io.patchstream.stream.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.decode.FragileDecoder;
import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.decode.PictureFrameDecoder;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine of several cameras whose decoders' processes are killed under it. */
@Timeout(300)
class IsolatedEngineTest {
    private static final int CAMERAS = 4;
    private static final int FRAMES = 30;
    private static final byte[] DEADLY = "segmentation fault".getBytes(US_ASCII);

    @Test
    void shouldAnswerAllButTheFrameThatKillsItsDecoderTwice() throws Exception {
        List<List<byte[]>> cameras = cameras();
        List<List<String>> expected = answers(IsolatedEngineTest::inThisProcess, cameras, () -> {});
        cameras.get(1).set(FRAMES / 2, DEADLY);
        expected.get(1).set(FRAMES / 2, "DECODER_DIED");

        assertThat(answers(FragileDecoder::isolated, cameras, () -> {})).isEqualTo(expected);
    }

    @Test
    void shouldAnswerAllWhenDecodersAreKilledFromOutside() throws Exception {
        List<List<byte[]>> cameras = cameras();
        List<List<String>> expected = answers(IsolatedEngineTest::inThisProcess, cameras, () -> {});
        Set<Long> killed = new HashSet<>();

        List<List<String>> answers = answers(FragileDecoder::isolated, cameras, () -> killOne(killed));

        assertThat(answers).isEqualTo(expected);
        assertThat(killed).hasSize(1);
    }

    /** What each camera's frames get, in their order, awaited by a thread of its own; {@code meanwhile} is in the middle. */
    private static List<List<String>> answers(
            Function<Preprocessing, FrameDecoder> decoders, List<List<byte[]>> cameras, Runnable meanwhile)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CAMERAS);
        try (LookAheadEngine engine = open(decoders)) {
            List<Future<List<String>>> running = new ArrayList<>();
            for (int camera = 0; camera < CAMERAS; camera++) {
                FrameSource source = new FrameSource("stream-" + camera, "frames", camera);
                List<byte[]> frames = cameras.get(camera);
                Runnable inTheMiddle = camera == 0 ? meanwhile : () -> {};
                running.add(threads.submit(() -> answers(engine, source, frames, inTheMiddle)));
            }
            List<List<String>> all = new ArrayList<>();
            for (Future<List<String>> camera : running) {
                all.add(camera.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<String> answers(
            LookAheadEngine engine, FrameSource source, List<byte[]> frames, Runnable inTheMiddle) throws Exception {
        List<FrameTicket> tickets = new ArrayList<>();
        for (byte[] frame : frames) {
            FrameHead head = new FrameHead("frame-" + tickets.size(), "camera", tickets.size(), 0, 1, Map.of());
            tickets.add(engine.submit(
                    source, () -> new EncodedFrame(head, EncodedFrame.Encoding.UNKNOWN, ByteBuffer.wrap(frame))));
        }
        List<String> answers = new ArrayList<>();
        for (FrameTicket ticket : tickets) {
            if (answers.size() == frames.size() / 3) {
                inTheMiddle.run();
            }
            answers.add(engine.await(ticket)
                    .fold(
                            done -> done.head().frameId() + " "
                                    + done.pictures().get(0).topK(),
                            rejected -> rejected.code(),
                            dropped -> dropped.reason().name()));
        }
        return answers;
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // The engine closes the model.
    private static LookAheadEngine open(Function<Preprocessing, FrameDecoder> decoders) throws IOException {
        EngineSettings settings = EngineSettings.defaults().withMaxBatch(8).withIntraOpThreads(1);
        return new LookAheadEngine(
                OnnxModel.open(TinyFolder.original("fp32"), settings.session()),
                decoders,
                settings,
                1,
                2,
                new ServiceCurve(8),
                System::nanoTime,
                System::nanoTime);
    }

    /** With the signal of a crash, so that it cannot tidy up. */
    private static void killOne(Set<Long> killed) {
        ProcessHandle decoder = ProcessHandle.current().children().findFirst().orElseThrow();
        try {
            new ProcessBuilder("kill", "-SEGV", Long.toString(decoder.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        decoder.onExit().join();
        killed.add(decoder.pid());
    }

    private static List<List<byte[]>> cameras() throws IOException {
        List<List<byte[]>> cameras = new ArrayList<>();
        for (int camera = 0; camera < CAMERAS; camera++) {
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < FRAMES; i++) {
                BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
                for (int at = 0; at < 64 * 48; at++) {
                    image.setRGB(at % 64, at / 64, at * (77 + 1000 * camera + 31 * i));
                }
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                ImageIO.write(image, "png", out);
                frames.add(out.toByteArray());
            }
            cameras.add(frames);
        }
        return cameras;
    }

    @MustBeClosed
    private static FrameDecoder inThisProcess(Preprocessing preprocessing) {
        return new PictureFrameDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL);
    }
}
