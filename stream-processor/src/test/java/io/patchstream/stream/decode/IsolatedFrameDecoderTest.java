package io.patchstream.stream.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.child.DecoderStart;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.SegmentEncoder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
@SuppressWarnings("MustBeClosedChecker") // Closed after each test, which is part of it.
class IsolatedFrameDecoderTest {
    private static final Preprocessing PREPROCESSING = Preprocessing.centreCrop(36, 32, Interpolation.BICUBIC);
    private static final DecoderStart START =
            new DecoderStart(PREPROCESSING, DecodeLimits.defaults(), DecodeScale.FULL);
    private static final Isolation ISOLATION = new Isolation(1L << 30, Duration.ofSeconds(20));

    private IsolatedFrameDecoder decoder = new IsolatedFrameDecoder(FragileDecoder.class.getName(), START, ISOLATION);

    @AfterEach
    void shouldLeaveNoProcess() {
        decoder.close();
        decoder.close();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
    }

    private static EncodedFrame frame(byte[] payload) {
        return new EncodedFrame(
                new FrameHead("frame", "camera", 0, 0, 1, Map.of()),
                EncodedFrame.Encoding.UNKNOWN,
                ByteBuffer.wrap(payload));
    }

    private static EncodedFrame frame(String text) {
        return frame(text.getBytes(ISO_8859_1));
    }

    private static List<byte[]> decode(FrameDecoder decoder, EncodedFrame frame) throws Exception {
        List<byte[]> pictures = new ArrayList<>();
        decoder.decode(frame, () -> {
            pictures.add(new byte[PREPROCESSING.byteSize()]);
            return ByteBuffer.wrap(pictures.get(pictures.size() - 1));
        });
        return pictures;
    }

    private Rejected rejected(EncodedFrame frame) {
        return catchThrowableOfType(RejectedFrameException.class, () -> decode(decoder, frame))
                .rejected();
    }

    private static List<RgbImage> pictures(int count) {
        Random random = new Random(5);
        List<RgbImage> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[96 * 64 * 3];
            random.nextBytes(pixels);
            pictures.add(new RgbImage(64, 96, pixels));
        }
        return pictures;
    }

    private static byte[] jpeg() throws Exception {
        try (JpegEncoder encoder = new JpegEncoder(90)) {
            return encoder.encode(pictures(1).get(0));
        }
    }

    @Test
    void shouldGiveTheSameBitsAsInTheProcess() throws Exception {
        byte[] segment;
        try (SegmentEncoder encoder = new SegmentEncoder(96, 64, 10, 20)) {
            segment = encoder.encode(pictures(4));
        }
        try (FrameDecoder here = new PictureFrameDecoder(PREPROCESSING, DecodeLimits.defaults(), DecodeScale.FULL)) {
            for (byte[] payload : List.of(jpeg(), segment)) {
                List<byte[]> there = decode(decoder, frame(payload));

                assertThat(there).isNotEmpty().containsExactlyElementsOf(decode(here, frame(payload)));
            }
        }
    }

    @Test
    void shouldRefuseForTheSameReasonAsInTheProcess() throws Exception {
        try (FrameDecoder here = new PictureFrameDecoder(PREPROCESSING, DecodeLimits.defaults(), DecodeScale.FULL)) {
            byte[] jpeg = jpeg();
            for (byte[] payload : List.of(java.util.Arrays.copyOf(jpeg, 300), new byte[] {1, 2, 3, 4}, new byte[0])) {
                assertThat(rejected(frame(payload)))
                        .isEqualTo(
                                catchThrowableOfType(RejectedFrameException.class, () -> decode(here, frame(payload)))
                                        .rejected());
            }
        }
    }

    @Test
    void shouldRejectTheFrameThatKillsTheDecoderAndNoOther() throws Exception {
        List<byte[]> before = decode(decoder, frame(jpeg()));

        Rejected killer = rejected(frame("segmentation fault"));

        assertThat(killer.code()).isEqualTo("DECODER_DIED");
        assertThat(killer.message()).startsWith("the decoder's process ended by signal 6 over this frame");
        assertThat(decode(decoder, frame(jpeg()))).containsExactlyElementsOf(before);
    }

    @Test
    void shouldGoOnWhereADecoderDiedThatDoesNotDieAgain(@TempDir Path folder) throws Exception {
        List<byte[]> pictures = decode(decoder, frame("dies once: " + folder.resolve("mark")));

        assertThat(pictures).extracting(picture -> (int) picture[0]).containsExactly(1, 2, 3);
    }

    @Test
    void shouldKillADecoderThatNeverEnds() throws Exception {
        decoder = new IsolatedFrameDecoder(
                FragileDecoder.class.getName(), START, new Isolation(1L << 30, Duration.ofSeconds(8)));

        Rejected rejected = rejected(frame("never ends"));

        assertThat(rejected.code()).isEqualTo("DECODER_HUNG");
        assertThat(rejected.message()).contains("was silent for 8000 ms");
        assertThat(decode(decoder, frame(jpeg()))).hasSize(1);
    }

    @Test
    void shouldNotTakeMoreMemoryThanItMay() throws Exception {
        assertThat(rejected(frame("takes memory")).code()).isEqualTo("DECODER_DIED");
        assertThat(decode(decoder, frame(jpeg()))).hasSize(1);
    }

    @Test
    void shouldNotBlameAFrameForADecoderThatCannotBeStarted() {
        decoder = new IsolatedFrameDecoder("no.such.Program", START, ISOLATION);

        assertThatThrownBy(() -> decode(decoder, frame(jpeg())))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageStartingWith("a decoder's process cannot be started: ");
    }

    /** Tells its decoder's process, gives it a frame that never ends, and waits to be killed. */
    static final class Parent {
        private Parent() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws Exception {
            try (IsolatedFrameDecoder decoder = new IsolatedFrameDecoder(
                    FragileDecoder.class.getName(), START, new Isolation(1L << 30, Duration.ofMinutes(2)))) {
                Thread teller = new Thread(() -> {
                    await().until(() ->
                            ProcessHandle.current().children().findAny().isPresent());
                    System.out.println(
                            ProcessHandle.current().children().findAny().get().pid());
                });
                decode(decoder, frame(jpeg()));
                teller.start();
                decode(decoder, frame("never ends"));
            }
        }
    }

    @Test
    void shouldEndWithItsParentEvenInTheMiddleOfAFrame() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = new BufferedReader(new InputStreamReader(parent.getInputStream(), ISO_8859_1))) {
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(said.readLine().trim())).orElseThrow();
            assertThat(child.isAlive()).isTrue();

            parent.destroyForcibly().waitFor(); // kill -9

            await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }
}
