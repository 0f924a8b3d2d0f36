package io.patchstream.bench.fault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Random;

/**
 * The frames of a run, by number: what camera each is of, where it is in that camera's stream, and what it holds. Whoever
 * knows a frame's number knows what its answer must be.
 *
 * @param seed chooses the payloads
 * @param cameras number {@code n} is of camera {@code n mod cameras}
 * @param brokenEvery of so many frames one is no image and one no frame at all; 0 for none
 */
record Frames(long seed, int cameras, int brokenEvery) {
    private static final int BYTES = 400;
    private static final String ID = "frame-";
    private static final String GARBAGE = "no frame ";

    String id(long number) {
        return ID + number;
    }

    /** The number of the frame with an id; -1 for an id that is none of ours. */
    static long number(String id) {
        return id.startsWith(ID) ? Long.parseLong(id.substring(ID.length())) : -1;
    }

    int camera(long number) {
        return (int) (number % cameras);
    }

    long sequence(long number) {
        return number / cameras;
    }

    /** Whether the record is no frame at all. */
    boolean isGarbage(long number) {
        return brokenEvery > 0 && number % brokenEvery == brokenEvery / 3;
    }

    /** Whether the frame must become a dead letter. */
    boolean isBroken(long number) {
        return isGarbage(number) || isNoImage(number);
    }

    private boolean isNoImage(long number) {
        return brokenEvery > 0 && number % brokenEvery == brokenEvery * 2 / 3;
    }

    byte[] payload(long number) {
        if (isNoImage(number)) {
            return ("BAD picture " + number).getBytes(US_ASCII);
        }
        byte[] payload = new byte[BYTES];
        new Random(seed * 31 + number).nextBytes(payload);
        return payload;
    }

    /** The bytes of a record that is no frame. */
    static byte[] garbage(long number) {
        return (GARBAGE + number).getBytes(US_ASCII);
    }

    /** The number of a record that is no frame; -1 for one that is. */
    static long garbageNumber(byte[] value) {
        String text = new String(value, US_ASCII);
        return text.startsWith(GARBAGE) ? Long.parseLong(text.substring(GARBAGE.length())) : -1;
    }
}
