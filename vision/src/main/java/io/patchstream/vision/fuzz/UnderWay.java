package io.patchstream.vision.fuzz;

import io.patchstream.vision.encoded.UndecodableException.Code;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;

/** What a process that may die has done, and the input that it has before it: in a file that outlives it. */
final class UnderWay {
    /** The largest input. */
    static final int MAX_BYTES = 1 << 20;

    /** In place of a number, while a process starts. */
    static final long STARTING = -1;

    private static final int NUMBER = 0;
    private static final int PICTURES = 8;
    private static final int SLOWEST = 16;
    private static final int HALF_KB = 24;
    private static final int END_KB = 32;
    private static final int REFUSED = 64;
    private static final int LENGTH = 512;
    private static final int BYTES = 520;

    private final MappedByteBuffer file;

    UnderWay(Path path) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES + MAX_BYTES);
        }
    }

    /** An input comes next. */
    void begin(long number, byte[] input) {
        file.putInt(LENGTH, input.length);
        file.put(BYTES, input);
        file.putLong(NUMBER, number);
    }

    long number() {
        return file.getLong(NUMBER);
    }

    byte[] input() {
        byte[] input = new byte[file.getInt(LENGTH)];
        file.get(BYTES, input);
        return input;
    }

    void decoded(int pictures) {
        file.putLong(PICTURES, file.getLong(PICTURES) + pictures);
    }

    long pictures() {
        return file.getLong(PICTURES);
    }

    void refused(Code code) {
        int at = REFUSED + Long.BYTES * code.ordinal();
        file.putLong(at, file.getLong(at) + 1);
    }

    Map<Code, Long> refused() {
        Map<Code, Long> refused = new EnumMap<>(Code.class);
        for (Code code : Code.values()) {
            long times = file.getLong(REFUSED + Long.BYTES * code.ordinal());
            if (times > 0) {
                refused.put(code, times);
            }
        }
        return refused;
    }

    void took(long nanos) {
        file.putLong(SLOWEST, Math.max(file.getLong(SLOWEST), nanos));
    }

    long slowestNanos() {
        return file.getLong(SLOWEST);
    }

    /** Resident memory when half of the inputs are done, and at the end. */
    void resident(boolean end, long kilobytes) {
        file.putLong(end ? END_KB : HALF_KB, kilobytes);
    }

    long residentKb(boolean end) {
        return file.getLong(end ? END_KB : HALF_KB);
    }
}
