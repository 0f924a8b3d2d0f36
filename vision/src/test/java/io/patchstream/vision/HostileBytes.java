package io.patchstream.vision;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Decodes mutated frames and noise; ends with 0 when each was a picture or an {@link UndecodableException}. A program of
 * its own, because what it tries could kill the process, and because libjpeg and libpng complain on standard error.
 */
final class HostileBytes {
    private static final List<String> SEEDS = List.of(
            "pictures/jpeg-0-31x45.jpg",
            "pictures/jpeg-progressive-2-31x45.jpg",
            "pictures/jpeg-ycck-1-31x45.jpg",
            "pictures/jpeg-exif6-31x45.jpg",
            "pictures/png-rgba-31x45.png",
            "pictures/png-interlaced-depth4-colour3-31x45.png",
            "pictures/png-plain-depth16-colour0-31x45.png",
            "pictures/png-animated.png",
            "pictures/webp-lossy-alpha-31x45.webp",
            "pictures/webp-lossless-31x45.webp",
            "pictures/webp-animated.webp",
            "pictures/bmp-rle8-31x45.bmp",
            "pictures/bmp-565-31x45.bmp",
            "pictures/bmp-4bit-31x45.bmp",
            "segments/plain.h264",
            "segments/plain.h265",
            "segments/h264.mp4",
            "segments/h265.mkv",
            "segments/h264.ts");
    private static final int MUTANTS = 200;

    private final Map<Code, Integer> refusals = new EnumMap<>(Code.class);
    private int pictures;

    /** Prints how many pictures there were, and what was refused how often. */
    public static void main(String[] args) throws IOException {
        HostileBytes run = new HostileBytes();
        Preprocessing preprocessing = Preprocessing.squash(16, Interpolation.BILINEAR);
        try (PictureDecoder decoder =
                new PictureDecoder(preprocessing, new DecodeLimits(1 << 20, 1 << 20, 50), DecodeScale.FULL)) {
            run.mutants(decoder, ByteBuffer.allocateDirect(preprocessing.byteSize()));
            run.noise(decoder, ByteBuffer.allocateDirect(preprocessing.byteSize()));
        }
        System.out.print(run.pictures + " pictures, refused " + run.refusals);
    }

    private void mutants(PictureDecoder decoder, ByteBuffer slot) throws IOException {
        Random random = new Random(20261123);
        for (String seed : SEEDS) {
            byte[] whole = bytes(seed);
            for (int i = 0; i < MUTANTS; i++) {
                decode(decoder, mutant(whole, random), slot);
            }
        }
    }

    private void noise(PictureDecoder decoder, ByteBuffer slot) {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            decode(decoder, noise, slot);
        }
    }

    private void decode(PictureDecoder decoder, byte[] frame, ByteBuffer slot) {
        try {
            pictures += decoder.decode(ByteBuffer.wrap(frame), Optional.empty(), slot::clear);
        } catch (UndecodableException e) {
            refusals.merge(e.code(), 1, Integer::sum);
        }
    }

    private static byte[] mutant(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(8);
        // Half of them in the headers, where a change does most.
        int reach = random.nextBoolean() ? Math.min(bytes.length, 64) : bytes.length;
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(reach);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) 0xff;
                default -> Arrays.fill(bytes, at, Math.min(at + random.nextInt(16), bytes.length), (byte) 0);
            }
        }
        return random.nextInt(6) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static byte[] bytes(String name) throws IOException {
        try (var in = HostileBytes.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        }
    }
}
