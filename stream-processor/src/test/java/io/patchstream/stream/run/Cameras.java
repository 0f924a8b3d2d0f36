package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.lookup.Pictures;
import java.util.List;
import java.util.stream.IntStream;

/** Pictures that cameras of a test send: small JPEGs, and now and then something that is none. */
final class Cameras {
    private static final int KINDS = 16;

    private final List<byte[]> pictures =
            IntStream.range(0, KINDS).mapToObj(Pictures::jpeg).toList();

    /** The payload of frame {@code number}; null for a record that is no frame at all. */
    byte[] payload(int number) {
        if (number % 100 == 13) {
            return null;
        } else if (isBroken(number)) {
            return ("BAD picture " + number).getBytes(UTF_8);
        }
        return pictures.get(number % KINDS);
    }

    /** Whether frame {@code number} must become a dead letter. */
    static boolean isBroken(int number) {
        return number % 100 == 13 || number % 100 == 57;
    }
}
