package io.patchstream.stream.infer;

import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.ProtoFields;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What must be known of an ONNX file before it is loaded, and what ONNX Runtime's Java API does not tell: which operators
 * it uses, which files beside it hold its weights, and what it says of itself. Reads the protobuf wire format and skips what it does not look for;
 * the weights are mapped, not read.
 */
final class OnnxGraph {
    // Field numbers of onnx.proto.
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_METADATA = 14;
    private static final int MODEL_FUNCTIONS = 25;
    private static final int FUNCTION_NODE = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int NODE_OP_TYPE = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_TENSOR = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_GRAPHS = 11;
    private static final int TENSOR_EXTERNAL_DATA = 13;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;

    private static final int MAX_DEPTH = 16;

    private final SortedSet<String> operators = new TreeSet<>();
    private final SortedSet<String> externalFiles = new TreeSet<>();

    private final Map<String, String> metadata = new LinkedHashMap<>();

    private OnnxGraph() {}

    /** The operator types that the file uses, without their domain. */
    SortedSet<String> operators() {
        return Collections.unmodifiableSortedSet(operators);
    }

    /** The files that hold weights, as the file names them: relative to its folder. */
    SortedSet<String> externalFiles() {
        return Collections.unmodifiableSortedSet(externalFiles);
    }

    /** Its {@code metadata_props}. */
    Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * Reads the file.
     *
     * @throws ContractException when it is no ONNX file
     */
    static OnnxGraph read(Path file) throws IOException {
        OnnxGraph graph = new OnnxGraph();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new ContractException(file + " is larger than 2 GB, which no ONNX file may be: keep its weights"
                        + " in a file beside it");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            graph.model(bytes);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ContractException(file + " is not an ONNX model, or is cut off: " + e.getMessage(), e);
        }
        if (graph.operators.isEmpty()) {
            throw new ContractException(file + " is not an ONNX model: it has no operator");
        }
        return graph;
    }

    private void model(ByteBuffer message) {
        ProtoFields.each(message, (number, value) -> {
            if (number == MODEL_GRAPH) {
                graph(value, 0);
            } else if (number == MODEL_METADATA) {
                String[] entry = entry(value);
                metadata.put(entry[0], entry[1]);
            } else if (number == MODEL_FUNCTIONS) {
                ProtoFields.each(value, (n, v) -> {
                    if (n == FUNCTION_NODE) {
                        node(v, 0);
                    }
                });
            }
        });
    }

    private void graph(ByteBuffer message, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("graphs are nested more than " + MAX_DEPTH + " deep");
        }
        ProtoFields.each(message, (number, value) -> {
            if (number == GRAPH_NODE) {
                node(value, depth);
            } else if (number == GRAPH_INITIALIZER) {
                tensor(value);
            }
        });
    }

    private void node(ByteBuffer message, int depth) {
        ProtoFields.each(message, (number, value) -> {
            if (number == NODE_OP_TYPE) {
                operators.add(ProtoFields.text(value));
            } else if (number == NODE_ATTRIBUTE) {
                attribute(value, depth);
            }
        });
    }

    private void attribute(ByteBuffer message, int depth) {
        ProtoFields.each(message, (number, value) -> {
            if (number == ATTRIBUTE_GRAPH || number == ATTRIBUTE_GRAPHS) {
                graph(value, depth + 1);
            } else if (number == ATTRIBUTE_TENSOR) {
                tensor(value);
            }
        });
    }

    private void tensor(ByteBuffer message) {
        ProtoFields.each(message, (number, value) -> {
            if (number == TENSOR_EXTERNAL_DATA) {
                String[] entry = entry(value);
                if ("location".equals(entry[0]) && entry[1] != null) {
                    externalFiles.add(entry[1]);
                }
            }
        });
    }

    /** Key and value of an entry; null where it has none. */
    private static String[] entry(ByteBuffer message) {
        String[] entry = new String[2];
        ProtoFields.each(message, (number, value) -> {
            if (number == ENTRY_KEY || number == ENTRY_VALUE) {
                entry[number - 1] = ProtoFields.text(value);
            }
        });
        return entry;
    }
}
