package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.checkpoint.Dialect.Rule;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hugging Face's names of CLIP's and SigLIP's vision towers; what belongs to the words is left out. */
final class ClipLayout {
    private static final String TOWER = "(?:clip\\.|siglip\\.)?(?:vision_model\\.)?";
    private static final String BLOCK = TOWER + "encoder\\.layers\\.(\\d+)\\.";
    private static final String IN = "attn_pool.in_proj.";

    static final List<Rule> RULES = List.of(
            Rule.of("(?:text_model|text_projection)\\..*|logit_scale|logit_bias", ""),
            Rule.of(".*position_ids", ""),
            Rule.of(TOWER + "embeddings\\.class_embedding", "cls_token"),
            Rule.of(TOWER + "embeddings\\.patch_embedding\\.(.*)", "patch_embed.proj.$1"),
            Rule.of(TOWER + "embeddings\\.position_embedding\\.weight", "pos_embed"),
            Rule.of(TOWER + "pre_layrnorm\\.(.*)", "norm_pre.$1"), // sic
            Rule.of(BLOCK + "self_attn\\.(q|k|v)_proj\\.(.*)", "blocks.$1.attn.$2.$3"),
            Rule.of(BLOCK + "self_attn\\.out_proj\\.(.*)", "blocks.$1.attn.proj.$2"),
            Rule.of(BLOCK + "layer_norm([12])\\.(.*)", "blocks.$1.norm$2.$3"),
            Rule.of(BLOCK + "mlp\\.(fc[12])\\.(.*)", "blocks.$1.mlp.$2.$3"),
            Rule.of(TOWER + "post_layernorm\\.(.*)", "norm.$1"),
            Rule.of(TOWER + "head\\.probe", "attn_pool.latent"),
            Rule.of(TOWER + "head\\.attention\\.in_proj_(weight|bias)", IN + "$1"),
            Rule.of(TOWER + "head\\.attention\\.out_proj\\.(.*)", "attn_pool.proj.$1"),
            Rule.of(TOWER + "head\\.layernorm\\.(.*)", "attn_pool.norm.$1"),
            Rule.of(TOWER + "head\\.mlp\\.(.*)", "attn_pool.mlp.$1"),
            Rule.of("visual_projection\\.(.*)", "pre_logits.$1"),
            Rule.of("classifier\\.(.*)", "head.$1"));

    private ClipLayout() {}

    /** SigLIP's pooling has query, keys and values one below the other; timm's has the query by itself. */
    static Map<String, HostTensor> separated(Map<String, HostTensor> tensors) {
        Map<String, HostTensor> separated = new LinkedHashMap<>(tensors);
        for (String part : List.of("weight", "bias")) {
            HostTensor joined = separated.remove(IN + part);
            if (joined != null) {
                long third = joined.dim(0) / 3;
                separated.put("attn_pool.q." + part, rows(joined, 0, third));
                separated.put("attn_pool.kv." + part, rows(joined, third, joined.dim(0)));
            }
        }
        return separated;
    }

    private static HostTensor rows(HostTensor tensor, long from, long to) {
        long[] shape = tensor.shape();
        int row = tensor.values().length / Math.toIntExact(Math.max(1, shape[0]));
        shape[0] = to - from;
        return new HostTensor(
                shape, Arrays.copyOfRange(tensor.values(), Math.toIntExact(from * row), Math.toIntExact(to * row)));
    }
}
