package io.patchstream.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class DecodeSoakTest {
    private static final int ROUNDS = 120;
    private static final long ALLOWED_GROWTH = 24L << 20;

    @Test
    void shouldHoldNoMoreMemoryAfterThousandsOfFramesThanAfterHundreds() throws Exception {
        List<byte[]> frames = frames();
        Preprocessing preprocessing = Preprocessing.centreCrop(36, 32, Interpolation.BICUBIC);
        ByteBuffer slot = ByteBuffer.allocateDirect(preprocessing.byteSize());
        try (PictureDecoder decoder = new PictureDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL)) {
            decode(decoder, frames, slot, ROUNDS);
            System.gc();
            long before = Pointer.physicalBytes();

            decode(decoder, frames, slot, 3 * ROUNDS);

            System.gc();
            assertThat(Pointer.physicalBytes() - before).isLessThan(ALLOWED_GROWTH);
        }
    }

    /** Pictures of each way through the decoder, segments, and broken ones of each. */
    private static List<byte[]> frames() throws IOException {
        List<byte[]> frames = new ArrayList<>();
        for (String name : List.of(
                "pictures/photo-333x217.jpg",
                "pictures/jpeg-exif6-31x45.jpg",
                "pictures/jpeg-cmyk-0-31x45.jpg",
                "pictures/png-plain-depth16-colour0-31x45.png",
                "pictures/webp-lossy-31x45.webp",
                "pictures/bmp-565-31x45.bmp",
                "segments/plain.h264",
                "segments/plain.h265",
                "segments/h264.mp4",
                "segments/h264.ts")) {
            try (var in = DecodeSoakTest.class.getResourceAsStream("/golden/" + name)) {
                byte[] whole = in.readAllBytes();
                frames.add(whole);
                frames.add(Arrays.copyOf(whole, whole.length * 2 / 3));
                if (name.startsWith("segments/")) { // libjpeg and libpng would complain on standard error.
                    byte[] damaged = whole.clone();
                    Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 8, (byte) 0xA5);
                    frames.add(damaged);
                }
            }
        }
        return frames;
    }

    private static void decode(PictureDecoder decoder, List<byte[]> frames, ByteBuffer slot, int rounds) {
        int decoded = 0;
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            for (byte[] frame : frames) {
                try {
                    decoded += decoder.decode(ByteBuffer.wrap(frame), Optional.empty(), slot::clear);
                } catch (UndecodableException e) {
                    refused++;
                }
            }
        }
        assertThat(decoded).isGreaterThan(rounds * 10);
        assertThat(refused).isGreaterThan(rounds * 8);
    }
}
