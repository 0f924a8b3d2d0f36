package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.Prediction;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The engine as it is served: real JPEG and PNG, a real model, real threads. */
class ServingTest {
    private static final int SOURCES = 3;

    @Test
    void shouldGiveTheSameBitsWhateverItsThreadsAndBatches() throws Exception {
        List<byte[]> pictures = pictures(60);
        List<String> reference =
                answers(EngineSettings.defaults().withThreads(1, 1).withMaxBatch(1), pictures);
        assertThat(reference).doesNotHaveDuplicates();
        for (int threads = 1; threads <= 3; threads++) {
            for (int maxBatch : new int[] {1, 7, 16}) {
                EngineSettings settings = EngineSettings.defaults()
                        .withThreads(threads, 4 - threads)
                        .withMaxBatch(maxBatch);
                assertThat(answers(settings, pictures)).isEqualTo(reference);
            }
        }
    }

    @Test
    void shouldRejectBrokenPicturesAndLeaveTheirNeighboursUnharmed() throws Exception {
        List<byte[]> good = pictures(12);
        List<byte[]> mixed = new ArrayList<>(good);
        byte[] whole = good.get(0);
        mixed.add(1, Arrays.copyOf(whole, whole.length / 3));
        mixed.add(5, "not a picture".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        mixed.add(9, new byte[0]);
        List<String> expected = new ArrayList<>(answers(EngineSettings.defaults(), good));
        expected.add(1, "TRUNCATED");
        expected.add(5, "UNSUPPORTED");
        expected.add(9, "EMPTY");
        assertThat(answers(EngineSettings.defaults(), mixed)).isEqualTo(expected);
    }

    @Test
    void shouldTakeNoMoreMemoryAfterThousandsOfFrames() throws Exception {
        Path statm = Path.of("/proc/self/statm");
        assumeTrue(Files.exists(statm), "physical memory is read from Linux's /proc");
        List<byte[]> pictures = pictures(20);
        try (LookAheadEngine engine = open(EngineSettings.defaults().withMaxBatch(8))) {
            soak(engine, pictures, 2000);
            fillTheYoungGeneration();
            long before = residentBytes(statm);
            soak(engine, pictures, 6000);
            assertThat(residentBytes(statm) - before).isLessThan(16L << 20);
        }
    }

    /** The heap's own growth is over then: what comes after is native. */
    private static void fillTheYoungGeneration() {
        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            kept += new byte[1 << 20].length;
        }
        assertThat(kept).isPositive();
    }

    private static void soak(LookAheadEngine engine, List<byte[]> pictures, int frames) throws Exception {
        for (int done = 0; done < frames; done += 100) {
            List<FrameTicket> tickets = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tickets.add(engine.submit(source(i), frame(pictures.get(i % pictures.size()))));
            }
            for (FrameTicket ticket : tickets) {
                engine.await(ticket);
            }
        }
        System.gc();
    }

    private static long residentBytes(Path statm) throws IOException {
        return Long.parseLong(Files.readString(statm).split(" ")[1]) * 4096;
    }

    private static List<String> answers(EngineSettings settings, List<byte[]> pictures) throws Exception {
        try (LookAheadEngine engine = open(settings)) {
            List<FrameTicket> tickets = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                tickets.add(engine.submit(source(i), frame(pictures.get(i))));
            }
            List<String> answers = new ArrayList<>();
            for (FrameTicket ticket : tickets) {
                answers.add(answer(engine, ticket));
            }
            return answers;
        }
    }

    private static String answer(FrameEngine engine, FrameTicket ticket) throws InterruptedException {
        return engine.await(ticket)
                .fold(
                        c -> bits(c.pictures().get(0)),
                        r -> r.code(),
                        d -> d.reason().name());
    }

    private static String bits(Prediction prediction) {
        return prediction.topK() + " "
                + Arrays.toString(IntStream.range(0, prediction.dim())
                        .map(i -> Float.floatToRawIntBits(prediction.embedding(i)))
                        .toArray());
    }

    @com.google.errorprone.annotations.MustBeClosed
    private static LookAheadEngine open(EngineSettings settings) throws Exception {
        Path model =
                Path.of(ServingTest.class.getResource("/models/tiny-fp32.onnx").toURI());
        return LookAheadEngine.open(model, settings);
    }

    private static FrameSource source(int i) {
        return new FrameSource("stream-" + i % SOURCES, "frames", i % SOURCES);
    }

    private static FrameReader frame(byte[] picture) {
        FrameHead head = new FrameHead("frame", "camera", 0, 0, 1, Map.of());
        return () -> new EncodedFrame(head, EncodedFrame.Encoding.UNKNOWN, ByteBuffer.wrap(picture));
    }

    private static List<byte[]> pictures(int count) throws IOException {
        Random random = new Random(5);
        List<byte[]> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BufferedImage image =
                    new BufferedImage(20 + random.nextInt(80), 20 + random.nextInt(80), BufferedImage.TYPE_INT_RGB);
            int start = random.nextInt(1 << 24);
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    image.setRGB(x, y, start + x * (3 + i) + y * 700 * (1 + i));
                }
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(image, i % 2 == 0 ? "jpg" : "png", out);
            pictures.add(out.toByteArray());
        }
        return pictures;
    }
}
