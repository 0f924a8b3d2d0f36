package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.RelativeKeys;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.List;

/** The logits of queries and {@link RelativeKeys} as nodes: a bias of attention that depends on the picture. */
final class RelativeKeyGraph {
    private static final String SPLIT = "rel_pos.split";
    private static final String JOINED = "rel_pos.joined";
    private static final String LAST = "rel_pos.last";
    private static final String ZERO = "rel_pos.zero";

    private final ModelConfig config;
    private final Parameters parameters;
    private final GraphBuilder graph;
    private final int tokens;
    private final int headSize;

    RelativeKeyGraph(ModelConfig config, Parameters parameters, GraphBuilder graph) {
        this.config = config;
        this.parameters = parameters;
        this.graph = graph;
        this.tokens = config.tokens() + config.prefixTokens();
        this.headSize = config.hiddenSize() / config.heads();
    }

    /**
     * The bias, {@code [B, h, Tq, T]}; the rows are laid out and shifted as {@link RelativeKeys} says.
     *
     * @param block its name, with a dot at the end
     * @param queries {@code [B, Tq, D]}, the first of all tokens
     * @param count Tq
     */
    String bias(String block, String queries, int count) {
        constants();
        String name = block + RelativeKeys.TABLE;
        String split = graph.node("Reshape", name + ".split", List.of(queries, SPLIT));
        String turned = graph.node("Transpose", name + ".queries", List.of(split), Attribute.list("perm", 0, 2, 1, 3));
        String all = graph.node("MatMul", name + ".all", List.of(turned, graph.constant(name, keys(name, count))));
        if (count == 1) {
            return all;
        }
        int step = tokens + count - 2;
        String from = graph.constant(Initializer.longs(name + ".from", count - 1));
        String to = graph.constant(Initializer.longs(name + ".to", count - 1 + (long) count * step));
        String shifted = graph.constant(Initializer.longs(name + ".rows", 0, 0, count, step));
        String width = graph.constant(Initializer.longs(name + ".width", tokens));
        String joined = graph.node("Reshape", name + ".joined", List.of(all, JOINED));
        String needed = graph.node("Slice", name + ".needed", List.of(joined, from, to, LAST));
        String rows = graph.node("Reshape", name + ".shifted", List.of(needed, shifted));
        return graph.node("Slice", name + ".bias", List.of(rows, ZERO, width, LAST));
    }

    private void constants() {
        if (!graph.hasConstant(SPLIT)) {
            graph.constant(Initializer.longs(SPLIT, 0, 0, config.heads(), headSize));
            graph.constant(Initializer.longs(JOINED, 0, 0, -1));
            graph.constant(Initializer.longs(LAST, -1));
            graph.constant(Initializer.longs(ZERO, 0));
        }
    }

    /** The keys that the first {@code count} queries meet, a column each, with attention's scale in them: {@code [D/h, T+Tq-1]}. */
    private HostTensor keys(String name, int count) {
        float[] table =
                parameters.get(name, RelativeKeys.count(config), headSize).values();
        int columns = tokens + count - 1;
        float[] keys = new float[headSize * columns];
        for (int column = 0; column < columns; column++) {
            for (int i = 0; i < headSize; i++) {
                keys[i * columns + column] =
                        (float) (table[(tokens - count + column) * headSize + i] / Math.sqrt(headSize));
            }
        }
        return HostTensor.of(keys, headSize, columns);
    }
}
