package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Flax's layout of a ViT, as the paper's code ({@code _1}, {@code _3}, {@code _2}) and big_vision ({@code _0}, {@code _0},
 * {@code _1}; also with all layers in one tensor) write it. Kernels are {@code [in, out]}, the patch filter HWIO, and
 * attention has {@code [D, h, D/h]} and {@code [h, D/h, D]}.
 */
final class GoogleLayout {
    private static final String OUTER = "(?:opt/target/|params/|img/)*";
    /** In the names of tensors that hold all layers: their first dimension is the layer. */
    private static final String PACKED = "Transformer/encoderblock/";

    private static final String BLOCK = OUTER + "Transformer/encoderblock_(\\d+)/";
    private static final String ATTENTION = BLOCK + "MultiHeadDotProductAttention_[01]/";

    private static final String POOLING = OUTER + "MAPHead_0/MultiHeadDotProductAttention_0/";

    private static final List<Dialect.Rule> ENCODER_RULES = List.of(
            Dialect.Rule.of(OUTER + "cls", "cls_token"),
            Dialect.Rule.of(OUTER + "(?:Transformer/posembed_input/)?pos_embedding", "pos_embed"),
            Dialect.Rule.of(OUTER + "embedding/kernel", "patch_embed.proj.weight"),
            Dialect.Rule.of(OUTER + "embedding/bias", "patch_embed.proj.bias"),
            Dialect.Rule.of(ATTENTION + "(q|k|v)(?:uery|ey|alue)/kernel", "blocks.$1.attn.$2.weight"),
            Dialect.Rule.of(ATTENTION + "(q|k|v)(?:uery|ey|alue)/bias", "blocks.$1.attn.$2.bias"),
            Dialect.Rule.of(ATTENTION + "out/kernel", "blocks.$1.attn.proj.weight"),
            Dialect.Rule.of(ATTENTION + "out/bias", "blocks.$1.attn.proj.bias"),
            Dialect.Rule.of(BLOCK + "LayerNorm_0/scale", "blocks.$1.norm1.weight"),
            Dialect.Rule.of(BLOCK + "LayerNorm_0/bias", "blocks.$1.norm1.bias"),
            Dialect.Rule.of(BLOCK + "LayerNorm_[12]/scale", "blocks.$1.norm2.weight"),
            Dialect.Rule.of(BLOCK + "LayerNorm_[12]/bias", "blocks.$1.norm2.bias"),
            Dialect.Rule.of(BLOCK + "MlpBlock_[03]/Dense_0/kernel", "blocks.$1.mlp.fc1.weight"),
            Dialect.Rule.of(BLOCK + "MlpBlock_[03]/Dense_0/bias", "blocks.$1.mlp.fc1.bias"),
            Dialect.Rule.of(BLOCK + "MlpBlock_[03]/Dense_1/kernel", "blocks.$1.mlp.fc2.weight"),
            Dialect.Rule.of(BLOCK + "MlpBlock_[03]/Dense_1/bias", "blocks.$1.mlp.fc2.bias"),
            Dialect.Rule.of(OUTER + "Transformer/encoder_norm/scale", "norm.weight"),
            Dialect.Rule.of(OUTER + "Transformer/encoder_norm/bias", "norm.bias"),
            Dialect.Rule.of(OUTER + "MAPHead_0/probe", "attn_pool.latent"),
            Dialect.Rule.of(POOLING + "(q|k|v)(?:uery|ey|alue)/kernel", "attn_pool.$1.weight"),
            Dialect.Rule.of(POOLING + "(q|k|v)(?:uery|ey|alue)/bias", "attn_pool.$1.bias"),
            Dialect.Rule.of(POOLING + "out/kernel", "attn_pool.proj.weight"),
            Dialect.Rule.of(POOLING + "out/bias", "attn_pool.proj.bias"),
            Dialect.Rule.of(OUTER + "MAPHead_0/LayerNorm_0/scale", "attn_pool.norm.weight"),
            Dialect.Rule.of(OUTER + "MAPHead_0/LayerNorm_0/bias", "attn_pool.norm.bias"),
            Dialect.Rule.of(OUTER + "MAPHead_0/MlpBlock_0/Dense_0/kernel", "attn_pool.mlp.fc1.weight"),
            Dialect.Rule.of(OUTER + "MAPHead_0/MlpBlock_0/Dense_0/bias", "attn_pool.mlp.fc1.bias"),
            Dialect.Rule.of(OUTER + "MAPHead_0/MlpBlock_0/Dense_1/kernel", "attn_pool.mlp.fc2.weight"),
            Dialect.Rule.of(OUTER + "MAPHead_0/MlpBlock_0/Dense_1/bias", "attn_pool.mlp.fc2.bias"),
            Dialect.Rule.of(OUTER + "pre_logits/kernel", "pre_logits.weight"),
            Dialect.Rule.of(OUTER + "pre_logits/bias", "pre_logits.bias"),
            Dialect.Rule.of(OUTER + "head/kernel", "head.weight"),
            Dialect.Rule.of(OUTER + "head/bias", "head.bias"));

    static final List<Dialect.Rule> RULES = Stream.concat(ENCODER_RULES.stream(), ResNetNames.HYBRID_RULES.stream())
            .toList();

    private GoogleLayout() {}

    /** The number of heads, which only this layout shows: of {@code [D, h, D/h]}. 0 when there are no queries. */
    static long heads(Map<String, HostTensor> tensors) {
        return tensors.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("query/kernel"))
                .filter(entry -> entry.getValue().rank() == (isPacked(entry.getKey()) ? 4 : 3))
                .mapToLong(entry -> entry.getValue().dim(entry.getValue().rank() - 2))
                .findFirst()
                .orElse(0);
    }

    private static boolean isPacked(String name) {
        return name.contains(PACKED);
    }

    /** Layers that are packed into one tensor ({@code encoderblock/...}), each by its own name. */
    static Map<String, HostTensor> unstacked(Map<String, HostTensor> tensors) {
        Map<String, HostTensor> single = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (!isPacked(name)) {
                single.put(name, tensor);
                return;
            }
            long[] shape = Arrays.copyOfRange(tensor.shape(), 1, tensor.rank());
            int size = tensor.values().length / Math.toIntExact(Math.max(1, tensor.dim(0)));
            for (int layer = 0; layer < tensor.dim(0); layer++) {
                single.put(
                        name.replace("/encoderblock/", "/encoderblock_" + layer + "/"),
                        new HostTensor(shape, Arrays.copyOfRange(tensor.values(), layer * size, (layer + 1) * size)));
            }
        });
        return single;
    }

    /** Keys and values of attention pooling one below the other, as timm has them. */
    static Map<String, HostTensor> poolingJoined(Map<String, HostTensor> tensors) {
        Map<String, HostTensor> joined = new LinkedHashMap<>(tensors);
        for (String part : List.of("weight", "bias")) {
            HostTensor keys = tensors.get("attn_pool.k." + part);
            HostTensor values = tensors.get("attn_pool.v." + part);
            if (keys != null && values != null) {
                joined.keySet().removeAll(List.of("attn_pool.k." + part, "attn_pool.v." + part));
                joined.put("attn_pool.kv." + part, Layout.stack(List.of(keys, values)));
            }
        }
        return joined;
    }

    /** A tensor in timm's order of elements. */
    static HostTensor turned(String timm, HostTensor tensor) {
        if (timm.startsWith("patch_embed.") && timm.endsWith(".weight") && tensor.rank() == 4) {
            return Layout.permute(tensor, 3, 2, 0, 1);
        }
        if (timm.matches(".*attn(_pool)?\\.proj\\.weight") && tensor.rank() == 3) {
            return Layout.reversed(Layout.reshape(tensor, tensor.dim(0) * tensor.dim(1), tensor.dim(2)));
        }
        if (timm.matches(".*attn(_pool)?\\.[qkv]\\.weight") && tensor.rank() == 3) {
            return Layout.reversed(Layout.reshape(tensor, tensor.dim(0), tensor.dim(1) * tensor.dim(2)));
        }
        if (timm.matches(".*attn(_pool)?\\.[qkv]\\.bias")) {
            return Layout.reshape(tensor, tensor.values().length);
        }
        boolean dense = timm.endsWith(".weight") && tensor.rank() == 2;
        return dense ? Layout.reversed(tensor) : tensor;
    }
}
