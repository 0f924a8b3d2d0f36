package io.patchstream.vision;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Decodes mutated frames and noise; ends with 0 when each was a picture or an {@link UndecodableException}. A program of
 * its own, because what it tries could kill the process, and because libjpeg and libpng complain on standard error. The
 * input under way lies in a file that outlives the process: its length in 4 bytes, then its bytes.
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

    /** Inputs that once killed a process; they come first. */
    private static final List<String> KILLERS = List.of("/hostile/apng-frame-control.png");

    /** One input in so many is noise, and has no seed. */
    private static final int NOISE = 20;

    private static final int MAX_BYTES = 1 << 20;
    private static final int TENTHS = 10;
    private static final Path STATUS = Path.of("/proc/self/status");

    private final Map<Code, Integer> refusals = new EnumMap<>(Code.class);
    private final MappedByteBuffer underWay;
    private final Random random;
    private final List<byte[]> seeds = new ArrayList<>();
    private int pictures;
    private long slowestNanos;

    private HostileBytes(Path underWay, long seed) throws IOException {
        try (FileChannel file = FileChannel.open(
                underWay, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            this.underWay = file.map(FileChannel.MapMode.READ_WRITE, 0, Integer.BYTES + MAX_BYTES);
        }
        this.random = new Random(seed);
        for (String name : SEEDS) {
            seeds.add(resource("/golden/" + name));
        }
    }

    /**
     * Prints how many pictures there were, what was refused how often, the slowest input and how resident memory grew.
     *
     * @param arguments how many inputs, the seed of all chance, and the file of the input under way
     */
    public static void main(String[] arguments) throws IOException {
        int inputs = Integer.parseInt(arguments[0]);
        HostileBytes run = new HostileBytes(Path.of(arguments[2]), Long.parseLong(arguments[1]));
        Preprocessing preprocessing = Preprocessing.squash(16, Interpolation.BILINEAR);
        ByteBuffer slot = ByteBuffer.allocateDirect(preprocessing.byteSize());
        List<Long> residentKb = new ArrayList<>();
        try (PictureDecoder decoder =
                new PictureDecoder(preprocessing, new DecodeLimits(MAX_BYTES, 1 << 20, 50), DecodeScale.FULL)) {
            for (int i = 0; i < inputs; i++) {
                run.decode(decoder, run.input(i), slot);
                if ((i + 1) % Math.max(1, inputs / TENTHS) == 0) {
                    residentKb.add(residentKb());
                }
            }
        }
        System.out.printf(
                "%d inputs: %d pictures, refused %s; slowest %d ms; resident KiB at each tenth %s",
                inputs, run.pictures, run.refusals, run.slowestNanos / 1_000_000, residentKb);
    }

    private byte[] input(int i) throws IOException {
        if (i < KILLERS.size()) {
            return resource(KILLERS.get(i));
        } else if (i % NOISE == 0) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            return noise;
        }
        return mutant(seeds.get(i % seeds.size()));
    }

    private void decode(PictureDecoder decoder, byte[] frame, ByteBuffer slot) {
        underWay.putInt(0, frame.length);
        underWay.put(Integer.BYTES, frame);
        long start = System.nanoTime();
        try {
            pictures += decoder.decode(ByteBuffer.wrap(frame), Optional.empty(), slot::clear);
        } catch (UndecodableException e) {
            refusals.merge(e.code(), 1, Integer::sum);
        }
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - start);
    }

    private byte[] mutant(byte[] whole) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(8);
        // Half of them in the headers, where a change does most.
        int reach = random.nextBoolean() ? Math.min(bytes.length, 64) : bytes.length;
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(reach);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) 0xff;
                case 3 -> Arrays.fill(bytes, at, Math.min(at + random.nextInt(16), bytes.length), (byte) 0);
                case 4 -> copyWithin(bytes, at);
                default -> splice(bytes, at);
            }
        }
        return random.nextInt(6) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    /** A piece of it once more, elsewhere: headers and chunks that come twice. */
    private void copyWithin(byte[] bytes, int at) {
        int length = random.nextInt(Math.min(64, bytes.length - at) + 1);
        System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
    }

    /** A piece of another format. */
    private void splice(byte[] bytes, int at) {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int length = random.nextInt(Math.min(64, Math.min(other.length, bytes.length - at)) + 1);
        System.arraycopy(other, random.nextInt(other.length - length + 1), bytes, at, length);
    }

    /** 0 where the system does not tell. */
    private static long residentKb() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = HostileBytes.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
