package io.patchstream.vision.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz}, as much as golden frames need: little-endian uint8 and float32 arrays in C order. */
final class Npz {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([^)]*)\\)");
    private static final int MAX_ENTRY_BYTES = 256 << 20;

    private Npz() {}

    /** One array: its name, NumPy type, shape and little-endian bytes. */
    static final class Array {
        private final String name;
        private final String descr;
        private final List<Integer> shape;
        private final byte[] data;

        private Array(String name, String descr, List<Integer> shape, byte[] data) {
            this.name = name;
            this.descr = descr;
            this.shape = shape;
            this.data = data;
        }

        static Array ofBytes(String name, byte[] data, int... shape) {
            return new Array(name, "|u1", shapeOf(shape), data);
        }

        static Array ofFloats(String name, float[] values, int... shape) {
            ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
            buffer.asFloatBuffer().put(values);
            return new Array(name, "<f4", shapeOf(shape), buffer.array());
        }

        private static List<Integer> shapeOf(int... shape) {
            return Arrays.stream(shape).boxed().toList();
        }

        List<Integer> shape() {
            return shape;
        }

        byte[] bytes() {
            expect("|u1");
            return data;
        }

        float[] floats() {
            expect("<f4");
            float[] values = new float[data.length / 4];
            ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        }

        private void expect(String wanted) {
            if (!descr.equals(wanted)) {
                throw new ContractException("array " + name + " is of NumPy type " + descr + ", not " + wanted);
            }
        }
    }

    static Array require(Map<String, Array> arrays, String name, Path file) {
        Array array = arrays.get(name);
        if (array == null) {
            throw new ContractException(file + " lacks the array " + name + "; it has " + arrays.keySet());
        }
        return array;
    }

    static void write(Path file, List<Array> arrays) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(partial))) {
            for (Array array : arrays) {
                ZipEntry entry = new ZipEntry(array.name + ".npy");
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(header(array));
                zip.write(array.data);
                zip.closeEntry();
            }
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] header(Array array) throws IOException {
        String dims = array.shape.stream().map(n -> n + ",").collect(Collectors.joining(" "));
        String text = "{'descr': '" + array.descr + "', 'fortran_order': False, 'shape': (" + dims + "), }";
        int padded = (MAGIC.length + 2 + text.length() + 1 + 63) / 64 * 64;
        int length = padded - MAGIC.length - 2;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(MAGIC);
            out.writeShort(Short.reverseBytes((short) length));
            out.write((text + " ".repeat(length - text.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    static Map<String, Array> read(Path file) throws IOException {
        Map<String, Array> arrays = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName().replaceFirst("\\.npy$", "");
                arrays.put(name, parse(file, name, readLimited(zip, file, name)));
            }
        }
        if (arrays.isEmpty()) {
            throw new ContractException(file + " is not a NumPy .npz file");
        }
        return arrays;
    }

    private static byte[] readLimited(InputStream in, Path file, String name) throws IOException {
        byte[] bytes = in.readNBytes(MAX_ENTRY_BYTES + 1);
        if (bytes.length > MAX_ENTRY_BYTES) {
            throw new ContractException(file + ": array " + name + " is larger than " + MAX_ENTRY_BYTES + " bytes");
        }
        return bytes;
    }

    private static Array parse(Path file, String name, byte[] bytes) {
        if (bytes.length < 10 || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new ContractException(file + ": " + name + " is not a NumPy array of format 1.0");
        }
        int headerLength = (bytes[8] & 0xff) | (bytes[9] & 0xff) << 8;
        int start = 10 + headerLength;
        String header = new String(bytes, 10, Math.min(headerLength, bytes.length - 10), StandardCharsets.US_ASCII);
        Matcher matcher = HEADER.matcher(header);
        if (start > bytes.length || !matcher.find()) {
            throw new ContractException(file + ": array " + name + " has a header that is not understood: " + header);
        }
        List<Integer> shape = Arrays.stream(matcher.group(2).split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .map(Integer::valueOf)
                .toList();
        String descr = matcher.group(1);
        long count = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        byte[] data = Arrays.copyOfRange(bytes, start, bytes.length);
        if (count * (descr.equals("<f4") ? 4 : 1) != data.length) {
            throw new ContractException(
                    file + ": array " + name + " of shape " + shape + " has " + data.length + " bytes");
        }
        return new Array(name, descr, shape, data);
    }
}
