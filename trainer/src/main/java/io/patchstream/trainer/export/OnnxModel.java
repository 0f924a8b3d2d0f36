package io.patchstream.trainer.export;

import io.patchstream.trainer.export.ProtoMessage.Payload;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A graph with all that makes it an ONNX file ({@code ModelProto}; field numbers are those of onnx.proto).
 *
 * @param graph the computation
 * @param opsets version of each operator domain that it uses
 * @param irVersion the file format's version
 * @param metadata the {@code metadata_props}
 */
record OnnxModel(OnnxGraph graph, SortedMap<String, Long> opsets, int irVersion, Map<String, String> metadata) {
    /** What a protocol buffers file can hold, less room for the graph itself. */
    static final long LARGEST_FILE = Integer.MAX_VALUE - (32L << 20);

    /** External data begins at multiples of this, so that it can be mapped into memory. */
    private static final int ALIGNMENT = 4096;

    /** Constants below this stay in the file: shapes and scales are needed to make sense of the graph. */
    private static final long SMALLEST_EXTERNAL = 1024;

    OnnxModel {
        opsets = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(opsets));
        metadata = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    OnnxModel withGraph(OnnxGraph other) {
        return new OnnxModel(other, opsets, irVersion, metadata);
    }

    OnnxModel withMetadata(Map<String, String> other) {
        return new OnnxModel(graph, opsets, irVersion, other);
    }

    /** The whole file in memory. */
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            message(Placement.INSIDE).writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /** Writes the file, whole or not at all; see {@link #write(Path, long)}. */
    void write(Path file) throws IOException {
        write(file, LARGEST_FILE);
    }

    /**
     * Writes the file, whole or not at all. Weights that are more than {@code mostBytes} together go to
     * {@code <file>.data} beside it.
     */
    void write(Path file, long mostBytes) throws IOException {
        Path dataFile = dataFileOf(file);
        if (graph.weightBytes() <= mostBytes) {
            replace(file, message(Placement.INSIDE)::writeTo);
            Files.deleteIfExists(dataFile);
            return;
        }
        Placement placement = Placement.beside(dataFile.getFileName().toString());
        ProtoMessage message = message(placement);
        replace(dataFile, out -> writeExternal(out, placement));
        replace(file, message::writeTo);
    }

    /** Where the weights of a file over the limit lie. */
    static Path dataFileOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".data");
    }

    private void writeExternal(OutputStream out, Placement placement) throws IOException {
        long position = 0;
        for (Map.Entry<String, Long> entry : placement.offsets.entrySet()) {
            out.write(new byte[Math.toIntExact(entry.getValue() - position)]);
            Initializer initializer = graph.initializers().get(entry.getKey());
            initializer.writeTo(out);
            position = entry.getValue() + initializer.byteSize();
        }
    }

    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void replace(Path file, Body body) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16)) {
                body.writeTo(out);
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private ProtoMessage message(Placement placement) {
        ProtoMessage model =
                new ProtoMessage().integer(1, irVersion).text(2, "patchstream").message(7, graphMessage(placement));
        opsets.forEach((domain, version) ->
                model.message(8, new ProtoMessage().text(1, domain).integer(2, version)));
        metadata.forEach((key, value) -> model.message(14, entry(key, value)));
        return model;
    }

    private ProtoMessage graphMessage(Placement placement) {
        ProtoMessage message = new ProtoMessage();
        graph.nodes().forEach(node -> message.message(1, nodeMessage(node)));
        message.text(2, graph.name());
        graph.initializers().values().forEach(constant -> message.message(5, tensorMessage(constant, placement)));
        graph.inputs().forEach(value -> message.message(11, valueMessage(value)));
        graph.outputs().forEach(value -> message.message(12, valueMessage(value)));
        return message;
    }

    private static ProtoMessage nodeMessage(OnnxNode node) {
        ProtoMessage message = new ProtoMessage();
        node.inputs().forEach(input -> message.text(1, input));
        node.outputs().forEach(output -> message.text(2, output));
        message.text(3, node.name()).text(4, node.operator());
        node.attributes().forEach(attribute -> message.message(5, attributeMessage(attribute)));
        return node.domain().isEmpty() ? message : message.text(7, node.domain());
    }

    private static ProtoMessage attributeMessage(Attribute attribute) {
        ProtoMessage message = new ProtoMessage().text(1, attribute.name());
        if (attribute.value() instanceof Attribute.Real real) {
            return message.real(2, real.value()).integer(20, 1);
        } else if (attribute.value() instanceof Attribute.Whole whole) {
            return message.integer(3, whole.value()).integer(20, 2);
        } else if (attribute.value() instanceof Attribute.Text text) {
            return message.text(4, text.value()).integer(20, 3);
        }
        ((Attribute.Wholes) attribute.value()).values().forEach(value -> message.integer(8, value));
        return message.integer(20, 7);
    }

    private static ProtoMessage tensorMessage(Initializer constant, Placement placement) {
        ProtoMessage message = new ProtoMessage();
        for (long dim : constant.shape()) {
            message.integer(1, dim);
        }
        message.integer(2, constant.type().code()).text(8, constant.name());
        if (!placement.takes(constant)) {
            return message.payload(9, (Payload) constant);
        }
        return message.message(13, entry("location", placement.location))
                .message(13, entry("offset", Long.toString(placement.place(constant))))
                .message(13, entry("length", Long.toString(constant.byteSize())))
                .integer(14, 1);
    }

    private static ProtoMessage valueMessage(GraphValue value) {
        ProtoMessage tensor = new ProtoMessage().integer(1, value.type().code());
        if (!value.shape().isEmpty()) {
            ProtoMessage shape = new ProtoMessage();
            for (long dim : value.shape()) {
                ProtoMessage dimension = new ProtoMessage();
                shape.message(1, dim == GraphValue.BATCH ? dimension.text(2, "batch") : dimension.integer(1, dim));
            }
            tensor.message(2, shape);
        }
        return new ProtoMessage().text(1, value.name()).message(2, new ProtoMessage().message(1, tensor));
    }

    private static ProtoMessage entry(String key, String value) {
        return new ProtoMessage().text(1, key).text(2, value);
    }

    /** Where constants go: into the file, or at offsets of a file beside it. */
    private static final class Placement {
        static final Placement INSIDE = new Placement("");

        private final String location;
        private final Map<String, Long> offsets = new LinkedHashMap<>();
        private long end;

        private Placement(String location) {
            this.location = location;
        }

        static Placement beside(String location) {
            return new Placement(location);
        }

        boolean takes(Initializer constant) {
            return !location.isEmpty() && constant.byteSize() >= SMALLEST_EXTERNAL;
        }

        long place(Initializer constant) {
            long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            offsets.put(constant.name(), offset);
            end = offset + constant.byteSize();
            return offset;
        }
    }
}
