package io.patchstream.trainer.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The safetensors file format: eight bytes of header length (little-endian), a JSON header {@code name -> dtype, shape,
 * data_offsets}, then the tensors' bytes without gaps. Written as float32 ({@code F32}); read from every
 * {@link ElementFormat}. A size is held against the file's before memory is taken for it.
 */
public final class Safetensors {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final String NOTES = "__metadata__";
    private static final int CHUNK_FLOATS = 1 << 16;

    private Safetensors() {}

    /** Writes a file without notes; see {@link #write(Path, Map, Map)}. */
    public static void write(Path file, Map<String, HostTensor> tensors) throws IOException {
        write(file, tensors, Map.of());
    }

    /**
     * Writes a file that is either the old one or the new one, whole, at any moment, a power cut included.
     *
     * @param tensors in the order in which they will be read
     * @param notes the format's {@code __metadata__}
     */
    public static void write(Path file, Map<String, HostTensor> tensors, Map<String, String> notes) throws IOException {
        byte[] header = header(tensors, notes);
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel out = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
            drain(out, start.putLong(header.length).put(header).flip());
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (HostTensor tensor : tensors.values()) {
                float[] values = tensor.values();
                for (int from = 0; from < values.length; from += CHUNK_FLOATS) {
                    int count = Math.min(CHUNK_FLOATS, values.length - from);
                    chunk.clear();
                    chunk.asFloatBuffer().put(values, from, count);
                    drain(out, chunk.limit(count * Float.BYTES));
                }
            }
            out.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads all tensors of a file, in the file's order.
     *
     * @throws IOException also when the file is not safetensors, is cut short, or has a type that {@link ElementFormat} lacks
     */
    public static Map<String, HostTensor> read(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            int headerBytes = headerBytes(in, file);
            JsonNode header = parse(fill(in, 8, headerBytes, file), file);
            Map<String, HostTensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : header.properties()) {
                if (!entry.getKey().equals(NOTES)) {
                    tensors.put(entry.getKey(), tensor(in, 8L + headerBytes, entry.getKey(), entry.getValue(), file));
                }
            }
            return tensors;
        }
    }

    /** Reads a file's notes (the format's {@code __metadata__}); empty without any. */
    public static Map<String, String> notes(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            Map<String, String> notes = new LinkedHashMap<>();
            JsonNode node =
                    parse(fill(in, 8, headerBytes(in, file), file), file).path(NOTES);
            node.properties()
                    .forEach(note -> notes.put(note.getKey(), note.getValue().asText()));
            return notes;
        }
    }

    private static int headerBytes(FileChannel in, Path file) throws IOException {
        long bytes = fill(in, 0, 8, file).getLong();
        if (bytes < 2 || bytes > Math.min(MAX_HEADER_BYTES, in.size() - 8)) {
            throw new IOException(file + " is no safetensors file: its header would have " + bytes + " bytes");
        }
        return (int) bytes;
    }

    private static byte[] header(Map<String, HostTensor> tensors, Map<String, String> notes) {
        ObjectNode header = JSON.createObjectNode();
        if (!notes.isEmpty()) {
            ObjectNode node = header.putObject(NOTES);
            notes.forEach(node::put);
        }
        long offset = 0;
        for (Map.Entry<String, HostTensor> entry : tensors.entrySet()) {
            long end = offset + (long) entry.getValue().values().length * Float.BYTES;
            ObjectNode node = header.putObject(entry.getKey()).put("dtype", "F32");
            for (long dim : entry.getValue().shape()) {
                node.withArray("shape").add(dim);
            }
            node.withArray("shape");
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        // The format asks for data aligned to 8 bytes; blanks at the header's end do it.
        byte[] padded = java.util.Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        java.util.Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private static HostTensor tensor(FileChannel in, long dataStart, String name, JsonNode node, Path file)
            throws IOException {
        long[] shape = new long[node.path("shape").size()];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.path("shape").get(i).asLong(-1);
            count = shape[i] < 0 || count > Integer.MAX_VALUE ? Long.MAX_VALUE : count * shape[i];
        }
        String type = node.path("dtype").asText();
        ElementFormat format = ElementFormat.ofSafetensors(type)
                .orElseThrow(() -> new IOException(file + ": " + name + " is " + type + "; "
                        + java.util.Arrays.toString(ElementFormat.values()) + " are read"));
        int width = format.bytes();
        long from = node.path("data_offsets").path(0).asLong(-1);
        long to = node.path("data_offsets").path(1).asLong(-1);
        if (from < 0 || count > Integer.MAX_VALUE / width - 8 || to - from != count * width) {
            throw new IOException(file + ": " + name + " has " + (to - from) + " bytes; its shape " + node.path("shape")
                    + " of " + type + " does not fit them");
        }
        ByteBuffer bytes = fill(in, dataStart + from, (int) (to - from), file);
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = format.next(bytes);
        }
        return new HostTensor(shape, values);
    }

    private static JsonNode parse(ByteBuffer header, Path file) throws IOException {
        try {
            return JSON.readTree(StandardCharsets.UTF_8.decode(header).toString());
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is no safetensors file: its header is not JSON", e);
        }
    }

    private static ByteBuffer fill(FileChannel in, long position, int count, Path file) throws IOException {
        if (position > in.size() - count) {
            throw new IOException(file + " is cut short: it has " + in.size() + " bytes, " + (position + count)
                    + " or more are needed");
        }
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (in.read(buffer, position + buffer.position()) < 0) {
                throw new IOException(file + " became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static void drain(FileChannel out, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}
