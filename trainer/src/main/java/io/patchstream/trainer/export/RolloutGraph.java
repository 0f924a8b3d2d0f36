package io.patchstream.trainer.export;

import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.RolloutContract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Attention rollout as nodes that follow those of a written model: from queries and keys of each block, which the file has,
 * to the share of the embedding that comes from each patch. As {@code AttentionMaps.rollout} computes it, from the last block
 * back to the first.
 */
final class RolloutGraph {
    private static final String NAME = RolloutContract.ROLLOUT;

    /** ONNX's word for "to the end" of a slice. */
    private static final long END = Long.MAX_VALUE;

    private final WrittenModel model;
    private final List<OnnxNode> blocks;
    private final int heads;
    private final GraphBuilder graph = new GraphBuilder();
    private String pooling = "";

    private RolloutGraph(WrittenModel model) {
        this.model = model;
        this.blocks = model.nodes().stream()
                .filter(RolloutGraph::isAttention)
                .filter(node -> node.name().matches("blocks\\.[0-9]+\\.attn"))
                .toList();
        if (blocks.isEmpty()) {
            throw new ExportException(model.file() + " has no attention in it that could be followed");
        }
        this.heads = headsOf(blocks.get(0));
    }

    /**
     * What is added.
     *
     * @param graph nodes, constants and the output
     * @param pooling how tokens become the embedding, in words
     */
    record Added(OnnxGraph graph, int blocks, int heads, String pooling) {}

    /** @throws ExportException when the model has no attention, or is none of ours */
    static Added to(WrittenModel model) {
        RolloutGraph rollout = new RolloutGraph(model);
        OnnxGraph built = rollout.build();
        return new Added(built, rollout.blocks.size(), rollout.heads, rollout.pooling);
    }

    private OnnxGraph build() {
        long size = model.constant("blocks.0.attn.proj.weight").shape().get(0);
        graph.constant(Initializer.longs(NAME + ".split", 0, 0, heads, size / heads));
        graph.constant(Initializer.scalar(NAME + ".scale", (float) (1 / Math.sqrt((double) size / heads))));
        graph.constant(Initializer.scalar(NAME + ".half", 0.5f));
        graph.constant(Initializer.longs(NAME + ".last", 2));
        graph.constant(Initializer.longs(NAME + ".end", END));
        graph.constant(Initializer.longs(NAME + ".head", 1));

        String share = pooled();
        for (int block = blocks.size() - 1; block >= 0; block--) {
            share = before(blocks.get(block), share, isAlone(block));
        }
        String patches = sliced(NAME + ".patches", share, prefix());
        graph.constant(Initializer.longs(NAME + ".flat", 0, -1));
        graph.node("Reshape", NAME, List.of(patches, NAME + ".flat"));
        graph.output(NAME, ElementType.FLOAT);
        return graph.build(model.graphName());
    }

    /** How much of each last token the embedding is made of: {@code [1 or B, 1, T]}, or those that answer of a class-token model. */
    private String pooled() {
        Optional<OnnxNode> map = model.nodes().stream()
                .filter(RolloutGraph::isAttention)
                .filter(node -> node.name().equals("attn_pool"))
                .findFirst();
        if (map.isPresent()) {
            pooling = "attention pooling";
            return attention(map.get());
        } else if (model.nodes().stream().anyMatch(node -> node.name().equals("sequence_pool.softmax"))) {
            pooling = "sequence pooling";
            return "sequence_pool.softmax";
        } else if (model.constants().containsKey("pool.shares")) {
            pooling = "the mean of all tokens";
            return equal(model.constant("pool.shares").shape().get(1));
        }
        long answering = answering();
        pooling = answering == 1 ? "the class token" : "class and distillation token";
        return equal(answering);
    }

    private String equal(long tokens) {
        float[] shares = new float[Math.toIntExact(tokens)];
        Arrays.fill(shares, 1f / shares.length);
        return graph.constant(NAME + ".pooled", HostTensor.of(shares, 1, 1, shares.length));
    }

    private long answering() {
        return model.constant("cls_token.index").shape().get(0);
    }

    private long prefix() {
        return model.constants().containsKey("cls_token")
                ? model.constant("cls_token").shape().get(1)
                : 0;
    }

    /** Whether the block computes for the answering tokens only, the first of all. */
    private boolean isAlone(int block) {
        return block == blocks.size() - 1 && model.constants().containsKey("cls_token.index");
    }

    /** The shares of the tokens before a block: half moved by attention, half kept by the residual. */
    private String before(OnnxNode block, String share, boolean alone) {
        String name = NAME + "." + block.name();
        String moved = graph.node("MatMul", name + ".moved", List.of(share, attention(block)));
        String kept = share;
        if (alone) {
            graph.constant(Initializer.scalar(NAME + ".none", 0));
            String others = sliced(name + ".others", moved, answering());
            String nothing = graph.node("Mul", name + ".nothing", List.of(others, NAME + ".none"));
            String zero = graph.node("Mul", name + ".zero", List.of(first(name, moved), NAME + ".none"));
            String own = graph.node("Add", name + ".own", List.of(zero, share));
            kept = graph.node("Concat", name + ".kept", List.of(own, nothing), Attribute.of("axis", 2L));
        }
        String both = graph.node("Add", name + ".both", List.of(moved, kept));
        return graph.node("Mul", name + ".before", List.of(both, NAME + ".half"));
    }

    /** The answering tokens' part: their shares are the same for every picture, and must be there once for each. */
    private String first(String name, String shares) {
        String from = graph.constant(Initializer.longs(name + ".first.from", 0));
        String to = graph.constant(Initializer.longs(name + ".first.to", answering()));
        return graph.node("Slice", name + ".first", List.of(shares, from, to, NAME + ".last"));
    }

    private String sliced(String name, String shares, long from) {
        String begin = graph.constant(Initializer.longs(name + ".from", from));
        return graph.node("Slice", name, List.of(shares, begin, NAME + ".end", NAME + ".last"));
    }

    /** The weights of an attention node once more, mean of the heads: {@code [B, Tq, T]}. */
    private String attention(OnnxNode node) {
        String name = NAME + "." + node.name();
        String queries = split(name + ".queries", node.inputs().get(0), 0, 2, 1, 3);
        String keys = split(name + ".keys", node.inputs().get(1), 0, 2, 3, 1);
        String product = graph.node("MatMul", name + ".product", List.of(queries, keys));
        String scores = graph.node("Mul", name + ".scores", List.of(product, NAME + ".scale"));
        List<String> inputs = node.inputs();
        if (inputs.size() > 3) {
            scores = graph.node("Add", name + ".biased", List.of(scores, inputs.get(inputs.size() - 1)));
        }
        String weights = graph.node("Softmax", name + ".weights", List.of(scores), Attribute.of("axis", -1L));
        return graph.node("ReduceMean", name + ".mean", List.of(weights, NAME + ".head"), Attribute.of("keepdims", 0L));
    }

    /** {@code [B, T, D]} to heads, turned round. */
    private String split(String name, String tokens, long... order) {
        String split = graph.node("Reshape", name + ".split", List.of(tokens, NAME + ".split"));
        return graph.node("Transpose", name, List.of(split), Attribute.list("perm", order));
    }

    private static boolean isAttention(OnnxNode node) {
        return List.of("MultiHeadAttention", "Attention").contains(node.operator());
    }

    private int headsOf(OnnxNode node) {
        List<Long> found = new ArrayList<>();
        for (Attribute attribute : node.attributes()) {
            if (List.of("num_heads", "q_num_heads").contains(attribute.name())
                    && attribute.value() instanceof Attribute.Whole whole) {
                found.add(whole.value());
            }
        }
        if (found.size() != 1) {
            throw new ExportException(model.file() + " does not say how many heads " + node.name() + " has");
        }
        return Math.toIntExact(found.get(0));
    }
}
