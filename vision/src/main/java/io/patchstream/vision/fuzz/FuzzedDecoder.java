package io.patchstream.vision.fuzz;

import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decodes mutants; ends with 0 when each was a picture or an {@link UndecodableException}. A program of its own, because what
 * it tries could kill the process, and because libjpeg and libpng complain on standard error.
 */
final class FuzzedDecoder {
    private static final DecodeLimits LIMITS = new DecodeLimits(UnderWay.MAX_BYTES, 1 << 20, 50);
    private static final Path STATUS = Path.of("/proc/self/status");

    private FuzzedDecoder() {}

    /**
     * Decodes inputs {@code from} to {@code inputs}.
     *
     * @param arguments inputs, seed, from, the file of the input under way, how many files are tried as they are before any
     *     is mutated, those files, and the files to mutate
     */
    public static void main(String[] arguments) throws IOException {
        long inputs = Long.parseLong(arguments[0]);
        long from = Long.parseLong(arguments[2]);
        UnderWay underWay = new UnderWay(Path.of(arguments[3]));
        int first = Integer.parseInt(arguments[4]);
        List<byte[]> files = new ArrayList<>();
        for (String file : List.of(arguments).subList(5, arguments.length)) {
            files.add(Files.readAllBytes(Path.of(file)));
        }
        Mutants mutants = new Mutants(files.subList(first, files.size()), Long.parseLong(arguments[1]));
        Preprocessing preprocessing = Preprocessing.squash(16, Interpolation.BILINEAR);
        ByteBuffer slot = ByteBuffer.allocateDirect(preprocessing.byteSize());
        try (PictureDecoder decoder = new PictureDecoder(preprocessing, LIMITS, DecodeScale.FULL)) {
            // Loads the native libraries, which takes a while and is no input's fault.
            for (byte[] whole : files.subList(first, files.size())) {
                tryOut(decoder, whole, slot);
            }
            for (long number = from; number < inputs; number++) {
                byte[] input = number < first ? files.get((int) number) : mutants.of(number);
                underWay.begin(number, input);
                decode(decoder, input, slot, underWay);
                if (number == inputs / 2) {
                    underWay.resident(false, residentKb());
                }
            }
        }
        underWay.resident(true, residentKb());
    }

    private static void decode(PictureDecoder decoder, byte[] input, ByteBuffer slot, UnderWay underWay) {
        long start = System.nanoTime();
        try {
            underWay.decoded(decoder.decode(ByteBuffer.wrap(input), Optional.empty(), slot::clear));
        } catch (UndecodableException e) {
            underWay.refused(e.code());
        }
        underWay.took(System.nanoTime() - start);
    }

    private static void tryOut(PictureDecoder decoder, byte[] whole, ByteBuffer slot) {
        try {
            decoder.decode(ByteBuffer.wrap(whole), Optional.empty(), slot::clear);
        } catch (UndecodableException e) {
            // It is refused as a mutant would be.
        }
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
}
