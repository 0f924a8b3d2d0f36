package io.patchstream.trainer.export;

import io.patchstream.vision.model.ProtoFields;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An ONNX file that was exported before, as far as it must be known to add to it: nodes with their whole numbers, constants,
 * metadata. Field numbers are those of onnx.proto.
 */
final class WrittenModel {
    private final Path file;
    private final byte[] bytes;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final SortedSet<String> externalFiles = new TreeSet<>();
    private String graphName = "";
    private int irVersion;

    /**
     * A constant.
     *
     * @param type its {@code TensorProto.DataType}
     * @param data its elements, little-endian; empty when they lie in another file
     */
    record Constant(List<Long> shape, int type, ByteBuffer data) {
        boolean is(ElementType other) {
            return type == other.code();
        }

        boolean isElsewhere() {
            return !data.hasRemaining() && shape.stream().noneMatch(dim -> dim == 0);
        }
    }

    private WrittenModel(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Reads a file.
     *
     * @throws ExportException when it is no ONNX file
     */
    static WrittenModel read(Path file) throws IOException {
        WrittenModel model = new WrittenModel(file, Files.readAllBytes(file));
        try {
            model.see();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ExportException(file + " is no ONNX file, or is cut off: " + e.getMessage(), e);
        }
        if (model.nodes.isEmpty()) {
            throw new ExportException(file + " is no ONNX file: it has no operator");
        }
        return model;
    }

    Path file() {
        return file;
    }

    /** All of the file; not a copy. */
    byte[] bytes() {
        return bytes;
    }

    List<OnnxNode> nodes() {
        return List.copyOf(nodes);
    }

    Map<String, Constant> constants() {
        return java.util.Collections.unmodifiableMap(constants);
    }

    /**
     * One constant.
     *
     * @throws ExportException when it is not there
     */
    Constant constant(String name) {
        return Optional.ofNullable(constants.get(name))
                .orElseThrow(() -> new ExportException(file + " has no constant " + name + ": was it made by export?"));
    }

    Map<String, String> metadata() {
        return java.util.Collections.unmodifiableMap(metadata);
    }

    String graphName() {
        return graphName;
    }

    int irVersion() {
        return irVersion;
    }

    /** The hash by which answers name the model: of the file, followed by those that hold its weights. */
    String sha256() throws IOException {
        List<Path> files = new ArrayList<>(List.of(file));
        externalFiles.forEach(external -> files.add(file.resolveSibling(external)));
        return Sha256.of(files);
    }

    private void see() {
        ProtoFields.each(
                ByteBuffer.wrap(bytes),
                (field, value) -> irVersion = field == 1 ? (int) value : irVersion,
                (field, value) -> {
                    if (field == 7) {
                        graph(value);
                    } else if (field == 14) {
                        String[] entry = entry(value);
                        metadata.put(entry[0], entry[1]);
                    }
                });
    }

    private void graph(ByteBuffer message) {
        ProtoFields.each(message, (number, value) -> {
            switch (number) {
                case 1 -> nodes.add(node(value));
                case 2 -> graphName = ProtoFields.text(value);
                case 5 -> constant(value);
                default -> {}
            }
        });
    }

    private static OnnxNode node(ByteBuffer message) {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<Attribute> attributes = new ArrayList<>();
        String[] texts = new String[8];
        ProtoFields.each(message, (number, value) -> {
            switch (number) {
                case 1 -> inputs.add(ProtoFields.text(value));
                case 2 -> outputs.add(ProtoFields.text(value));
                case 3, 4, 7 -> texts[number] = ProtoFields.text(value);
                case 5 -> attribute(value).ifPresent(attributes::add);
                default -> {}
            }
        });
        return new OnnxNode(
                texts[4], texts[7] == null ? OnnxNode.ONNX : texts[7], texts[3], inputs, outputs, attributes);
    }

    /** Whole numbers only; they are never left out of the message, not even when 0. */
    private static Optional<Attribute> attribute(ByteBuffer message) {
        String[] name = {""};
        Long[] number = {null};
        ProtoFields.each(
                message,
                (field, value) -> number[0] = field == 3 ? Long.valueOf(value) : number[0],
                (field, value) -> name[0] = field == 1 ? ProtoFields.text(value) : name[0]);
        return Optional.ofNullable(number[0]).map(whole -> Attribute.of(name[0], whole));
    }

    private void constant(ByteBuffer message) {
        List<Long> shape = new ArrayList<>();
        int[] type = {0};
        String[] name = {""};
        ByteBuffer[] data = {ByteBuffer.allocate(0)};
        ProtoFields.each(
                message,
                (field, value) -> {
                    if (field == 1) {
                        shape.add(value);
                    } else if (field == 2) {
                        type[0] = (int) value;
                    }
                },
                (field, value) -> {
                    switch (field) {
                        case 8 -> name[0] = ProtoFields.text(value);
                        case 9 -> data[0] = value;
                        case 13 -> {
                            String[] entry = entry(value);
                            if (entry[0].equals("location")) {
                                externalFiles.add(entry[1]);
                            }
                        }
                        default -> {}
                    }
                });
        constants.put(name[0], new Constant(List.copyOf(shape), type[0], data[0]));
    }

    private static String[] entry(ByteBuffer message) {
        String[] entry = {"", ""};
        ProtoFields.each(message, (number, value) -> {
            if (number == 1 || number == 2) {
                entry[number - 1] = ProtoFields.text(value);
            }
        });
        return entry;
    }
}
