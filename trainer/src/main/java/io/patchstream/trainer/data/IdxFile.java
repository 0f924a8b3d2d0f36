package io.patchstream.trainer.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * One file of the IDX format (LeCun's MNIST): two zero bytes, the type 0x08 (unsigned byte), the rank, each dimension as a
 * big-endian int32, the elements. Plain or gzip.
 */
final class IdxFile {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int GZIP_FIRST_BYTE = 0x1f;

    private final int[] shape;
    private final byte[] elements;

    private IdxFile(int[] shape, byte[] elements) {
        this.shape = shape;
        this.elements = elements;
    }

    /**
     * Reads a whole file.
     *
     * @param rank the number of dimensions that it must have
     * @throws IOException also when it is no such file, or is cut short
     */
    static IdxFile read(Path file, int rank) throws IOException {
        try (InputStream in = plain(file)) {
            ByteBuffer head = ByteBuffer.wrap(exactly(in, 4, file));
            if (head.getShort() != 0 || head.get() != UNSIGNED_BYTE) {
                throw new IOException(file + " is no IDX file of unsigned bytes");
            }
            int found = head.get();
            if (found != rank) {
                throw new IOException(file + " has " + found + " dimensions, not " + rank);
            }
            ByteBuffer sizes = ByteBuffer.wrap(exactly(in, 4 * rank, file));
            int[] shape = new int[rank];
            long count = 1;
            for (int i = 0; i < rank; i++) {
                shape[i] = sizes.getInt();
                if (shape[i] < 0 || (count *= shape[i]) > Integer.MAX_VALUE - 8) {
                    throw new IOException(file + " is too large: dimension " + i + " is " + shape[i]);
                }
            }
            return new IdxFile(shape, exactly(in, (int) count, file));
        }
    }

    private static InputStream plain(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(1);
        int first = in.read();
        in.reset();
        return first == GZIP_FIRST_BYTE ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static byte[] exactly(InputStream in, int count, Path file) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new IOException(file + " is cut short: " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    int dim(int i) {
        return shape[i];
    }

    /** All elements, row-major; not a copy. */
    byte[] elements() {
        return elements;
    }
}
