package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.tensor.ElementFormat;
import io.patchstream.trainer.tensor.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's {@code .npz}: a ZIP archive of {@code .npy} arrays, any numeric type, C or Fortran order. Pickled objects are refused. */
final class NumpyArchive {
    private static final Pattern DESCR = Pattern.compile("'descr': *'([^']+)'");
    private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([0-9, ]*)\\)");
    private static final int MAGIC_BYTES = 8;

    private NumpyArchive() {}

    static Map<String, HostTensor> read(Path file) throws IOException {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        try (ZipMembers members = new ZipMembers(file, "it is no .npz")) {
            for (String member : members.names()) {
                String name = member.replaceFirst("\\.npy$", "");
                tensors.put(name, array(file, name, members.read(member, Integer.MAX_VALUE)));
            }
        }
        return tensors;
    }

    private static HostTensor array(Path file, String name, ByteBuffer bytes) {
        if (bytes.remaining() < MAGIC_BYTES + 4 || bytes.get(1) != 'N' || bytes.get(2) != 'U' || bytes.get(3) != 'M') {
            throw new CheckpointException(file + ": " + name + " is no NumPy array");
        }
        boolean first = bytes.get(6) == 1; // format 1 has a 16-bit header length, 2 and 3 have 32 bits
        int length = first ? bytes.getShort(MAGIC_BYTES) & 0xffff : bytes.getInt(MAGIC_BYTES);
        int start = MAGIC_BYTES + (first ? 2 : 4);
        if (length < 0 || length > bytes.remaining() - start) {
            throw new CheckpointException(file + ": array " + name + " is cut short");
        }
        String header = new String(bytes.array(), start, length, StandardCharsets.ISO_8859_1);
        Matcher descr = DESCR.matcher(header);
        Matcher dims = SHAPE.matcher(header);
        if (!descr.find() || !dims.find()) {
            throw new CheckpointException(file + ": array " + name + " has a header that is not understood: " + header);
        }
        ElementFormat format = ElementFormat.ofNumpy(descr.group(1))
                .orElseThrow(() -> new CheckpointException(file + ": array " + name + " is of NumPy type "
                        + descr.group(1) + "; little-endian numbers are read, pickled objects are not"));
        long[] shape = Arrays.stream(dims.group(1).split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        bytes.position(start + length);
        requireBytes(file, name, shape, format, bytes.remaining());
        float[] values = new float[bytes.remaining() / format.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = format.next(bytes);
        }
        return header.contains("'fortran_order': True")
                ? Layout.reversed(new HostTensor(reverse(shape), values))
                : new HostTensor(shape, values);
    }

    private static void requireBytes(Path file, String name, long[] shape, ElementFormat format, long bytes) {
        long count = format.bytes();
        for (long dim : shape) {
            count = count > Integer.MAX_VALUE ? count : count * Math.min(dim, Integer.MAX_VALUE);
        }
        if (count != bytes) {
            throw new CheckpointException(file + ": array " + name + " of shape " + Arrays.toString(shape)
                    + " and type " + format + " has " + bytes + " bytes, not " + count);
        }
    }

    private static long[] reverse(long[] shape) {
        long[] reversed = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            reversed[i] = shape[shape.length - 1 - i];
        }
        return reversed;
    }
}
