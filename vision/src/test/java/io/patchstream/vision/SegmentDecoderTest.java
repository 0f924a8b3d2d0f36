package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import io.patchstream.vision.video.ClipWriter;
import io.patchstream.vision.video.SegmentEncoder;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentDecoderTest {
    private static final int PICTURES = 6;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.h264",
                "bt709.h264",
                "full.h264",
                "plain.h265",
                "h264.mp4",
                "h265.mp4",
                "h264.mkv",
                "h265.mkv",
                "h264.ts",
                "h265.ts"
            })
    void shouldDecodeEveryPictureInItsOrderAndColours(String name) throws Exception {
        List<RgbImage> pictures = decode(golden(name), DecodeLimits.defaults());

        assertThat(pictures).hasSize(PICTURES);
        byte[] expected = goldenRgb(name);
        int size = expected.length / 2;
        assertThat(meanDifference(pictures.get(0), Arrays.copyOf(expected, size)))
                .isLessThan(0.05);
        assertThat(meanDifference(pictures.get(PICTURES - 1), Arrays.copyOfRange(expected, size, 2 * size)))
                .isLessThan(0.05);
    }

    @Test
    void shouldGiveTheSamePixelsWhateverWasDecodedBefore() throws Exception {
        byte[] alone = prepared(golden("plain.h264"), golden("plain.h264")).get(0);
        byte[] afterAnother =
                prepared(golden("full.h264"), golden("plain.h264")).get(1);

        assertThat(afterAnother).isEqualTo(alone);
    }

    @ParameterizedTest
    @CsvSource({"64,48", "90,50", "34,170", "300,20"})
    void shouldPrepareTheSamePixelsWithoutAnRgbPictureInBetween(int width, int height) throws Exception {
        byte[] segment;
        try (SegmentEncoder encoder = new SegmentEncoder(width, height, 10, 20)) {
            segment = encoder.encode(List.of(SyntheticPicture.of(height, width)));
        }
        RgbImage picture = decode(segment, DecodeLimits.defaults()).get(0);
        for (Preprocessing preprocessing : List.of(
                Preprocessing.squash(24, Interpolation.BICUBIC),
                Preprocessing.centreCrop(30, 24, Interpolation.BILINEAR),
                new Preprocessing(Resize.SQUASH, height, height, width, Interpolation.BILINEAR, true))) {
            ByteBuffer direct = ByteBuffer.allocateDirect(preprocessing.byteSize());
            try (PictureDecoder decoder =
                    new PictureDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL)) {
                decoder.decode(ByteBuffer.wrap(segment), Optional.of(PictureFormat.H264), () -> direct);
            }
            ByteBuffer expected = ByteBuffer.allocate(preprocessing.byteSize());
            new Preprocessor(preprocessing).prepare(picture, expected);

            assertThat(direct.flip()).isEqualTo(expected.flip());
        }
    }

    @Test
    void shouldDecodeWhatTheSegmentEncoderMakes() throws Exception {
        List<RgbImage> made = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            made.add(flat(48, 64, 50 * i));
        }
        byte[] segment;
        try (SegmentEncoder encoder = new SegmentEncoder(64, 48, 10, 20)) {
            segment = encoder.encode(made);
        }

        List<RgbImage> pictures = decode(segment, DecodeLimits.defaults());

        assertThat(pictures).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(meanDifference(pictures.get(i), made.get(i).pixels())).isLessThan(3.0);
        }
    }

    @Test
    void shouldDecodeAClipWhoseIndexIsAtItsEnd(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("clip.mp4");
        try (ClipWriter clip = new ClipWriter(file, 64, 48, 10, 20, 50)) {
            for (int i = 0; i < 5; i++) {
                clip.write(flat(48, 64, 40 * i));
            }
        }

        List<RgbImage> pictures = decode(Files.readAllBytes(file), DecodeLimits.defaults());

        assertThat(pictures).hasSize(5);
        assertThat(meanDifference(pictures.get(4), flat(48, 64, 160).pixels())).isLessThan(3.0);
    }

    @Test
    void shouldRefuseASegmentThatBeginsBetweenKeyframes() throws Exception {
        byte[] whole = golden("plain.h264");

        assertThat(codeOf(Arrays.copyOfRange(whole, secondPicture(whole), whole.length), DecodeLimits.defaults()))
                .isEqualTo(Code.NO_KEYFRAME);
    }

    @Test
    void shouldRefuseADamagedSegmentAsAWhole() throws Exception {
        byte[] damaged = golden("plain.h264");
        Arrays.fill(damaged, 1000, 1100, (byte) 0x55);

        assertThat(codeOf(damaged, DecodeLimits.defaults())).isEqualTo(Code.CORRUPT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.h264", "plain.h265", "h264.mp4", "h264.mkv", "h264.ts"})
    void shouldRefusePicturesAndSegmentsBeyondTheLimits(String name) throws Exception {
        byte[] segment = golden(name);

        assertThat(codeOf(segment, new DecodeLimits(segment.length - 1, 1 << 20, 10)))
                .isEqualTo(Code.TOO_LARGE);
        assertThat(codeOf(segment, new DecodeLimits(1 << 20, 96 * 64 - 1, 10))).isEqualTo(Code.TOO_LARGE);
        assertThat(codeOf(segment, new DecodeLimits(1 << 20, 1 << 20, PICTURES - 1)))
                .isEqualTo(Code.TOO_LARGE);
    }

    @Test
    void shouldNameTheWayOutWhenAStillIsGivenAsVideo() {
        try (SegmentDecoder decoder = new SegmentDecoder(DecodeLimits.defaults())) {
            ByteBuffer bytes = ByteBuffer.allocate(10);
            assertThatThrownBy(() -> decoder.decode(bytes, PictureFormat.PNG, picture -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("PNG is no segment of video");
        }
    }

    private static Code codeOf(byte[] segment, DecodeLimits limits) {
        try {
            decode(segment, limits);
            return null;
        } catch (UndecodableException e) {
            return e.code();
        }
    }

    private static List<RgbImage> decode(byte[] segment, DecodeLimits limits) throws UndecodableException {
        List<RgbImage> pictures = new ArrayList<>();
        try (SegmentDecoder decoder = new SegmentDecoder(limits)) {
            ByteBuffer bytes = ByteBuffer.wrap(segment);
            int count = decoder.decode(bytes, PictureFormat.tell(bytes).orElse(PictureFormat.H264), pictures::add);
            assertThat(count).isEqualTo(pictures.size());
        }
        return pictures;
    }

    /** All pictures of each segment, preprocessed by one decoder. */
    private static List<byte[]> prepared(byte[]... segments) throws UndecodableException {
        Preprocessing preprocessing = Preprocessing.squash(32, Interpolation.BICUBIC);
        List<byte[]> results = new ArrayList<>();
        try (PictureDecoder decoder = new PictureDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL)) {
            for (byte[] segment : segments) {
                ByteBuffer batch = ByteBuffer.allocateDirect(PICTURES * preprocessing.byteSize());
                int[] next = new int[1];
                int pictures = decoder.decode(
                        ByteBuffer.wrap(segment),
                        Optional.empty(),
                        () -> batch.slice(next[0]++ * preprocessing.byteSize(), preprocessing.byteSize()));
                assertThat(pictures).isEqualTo(PICTURES);
                byte[] all = new byte[batch.capacity()];
                batch.get(0, all);
                results.add(all);
            }
        }
        return results;
    }

    private static RgbImage flat(int height, int width, int value) {
        byte[] pixels = new byte[height * width * 3];
        Arrays.fill(pixels, (byte) value);
        return new RgbImage(height, width, pixels);
    }

    private static double meanDifference(RgbImage image, byte[] expected) {
        assertThat(image.pixels()).hasSameSizeAs(expected);
        long sum = 0;
        for (int i = 0; i < expected.length; i++) {
            sum += Math.abs((image.pixels()[i] & 0xff) - (expected[i] & 0xff));
        }
        return (double) sum / expected.length;
    }

    /** Where the second slice begins: after the parameter sets and the keyframe. */
    private static int secondPicture(byte[] annexB) {
        int slices = 0;
        for (int i = 0; i + 4 < annexB.length; i++) {
            boolean start = annexB[i] == 0 && annexB[i + 1] == 0 && annexB[i + 2] == 1;
            if (start && (annexB[i + 3] & 31) == 1 && slices++ == 0) {
                return i;
            }
        }
        throw new AssertionError("the segment has one picture only");
    }

    private static byte[] golden(String name) throws IOException {
        try (var in = SegmentDecoderTest.class.getResourceAsStream("/golden/segments/" + name)) {
            return in.readAllBytes();
        }
    }

    /** The one array of a .npz: uint8. */
    private static byte[] goldenRgb(String name) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(golden(name + ".npz")))) {
            zip.getNextEntry();
            DataInputStream in = new DataInputStream(zip);
            in.skipNBytes(8);
            in.skipNBytes(Short.reverseBytes(in.readShort()));
            return in.readAllBytes();
        }
    }
}
