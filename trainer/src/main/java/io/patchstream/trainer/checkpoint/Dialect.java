package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In whose names a Vision Transformer's tensors are, recognised by what only they have; each is translated into timm's. */
enum Dialect {
    /** The paper's code and big_vision: Flax names, kernels {@code [in, out]}, heads as a dimension of their own. */
    GOOGLE("embedding/kernel") {
        @Override
        Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors) {
            return GoogleLayout.poolingJoined(separateQkvJoined(renamed(
                    ResNetNames.countedFromZero(GoogleLayout.unstacked(tensors)),
                    GoogleLayout.RULES,
                    GoogleLayout::turned)));
        }
    },
    /** timm, and what follows it: DeiT, DINO, DINOv2, MAE. */
    TIMM("patch_embed.proj.weight") {
        @Override
        Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors) {
            return renamed(tensors, TIMM_RULES, (name, tensor) -> tensor);
        }
    },
    /** Hugging Face's ViT, DeiT, DINOv2 and MAE. */
    HUGGING_FACE("embeddings.patch_embeddings.projection.weight") {
        @Override
        Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors) {
            return separateQkvJoined(renamed(tensors, HUGGING_FACE_RULES, (name, tensor) -> tensor));
        }
    },
    /** BiT's authors' {@code .npz}. */
    BIT("root_block/standardized_conv2d/kernel") {
        @Override
        Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors) {
            return renamed(ResNetNames.countedFromZero(tensors), ResNetNames.BIT_RULES, ResNetNames::turned);
        }
    },
    /** timm's BiT; its root is {@code stem.conv} by itself, not within a hybrid's trunk. */
    TIMM_BIT("stem.conv.weight") {
        @Override
        Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors) {
            return renamed(tensors, ResNetNames.TIMM_RULES, (name, tensor) -> tensor);
        }
    },
    /** Hugging Face's CLIP and SigLIP, whose towers of pictures are taken. */
    CLIP("embeddings.patch_embedding.weight") {
        @Override
        Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors) {
            return separateQkvJoined(
                    ClipLayout.separated(renamed(tensors, ClipLayout.RULES, (name, tensor) -> tensor)));
        }
    };

    /** A pattern that a whole name matches, and its name in timm; an empty one leaves the tensor out on purpose. */
    record Rule(Pattern pattern, String replacement) {
        static Rule of(String pattern, String replacement) {
            return new Rule(Pattern.compile(pattern), replacement);
        }
    }

    /** What a tensor becomes under its new name. */
    interface Turn {
        HostTensor turned(String name, HostTensor tensor);
    }

    private static final String OUTER =
            "(?:module\\.|backbone\\.|model\\.|encoder\\.(?=patch_embed|blocks|cls_token|pos_embed|norm))*";

    private static final List<Rule> TIMM_RULES = List.of(
            Rule.of(OUTER + "blocks\\.(\\d+)\\.gamma_([12])", "blocks.$1.ls$2.gamma"),
            Rule.of(OUTER + "(mask_token|decoder_.*|decoder\\..*)", ""),
            Rule.of(OUTER + "head\\.(?:mlp|last_layer)\\..*", ""), // DINO's projection, which is of its training
            Rule.of(OUTER + "register_tokens", "reg_token"),
            Rule.of(OUTER + "blocks\\.(\\d+)\\.mlp\\.w12\\.(.*)", "blocks.$1.mlp.fc1.$2"),
            Rule.of(OUTER + "blocks\\.(\\d+)\\.mlp\\.w3\\.(.*)", "blocks.$1.mlp.fc2.$2"),
            Rule.of(OUTER + "pre_logits\\.fc\\.(.*)", "pre_logits.$1"),
            Rule.of(OUTER + "(.*)", "$1"));

    private static final String BLOCK = "(?:[a-z0-9_]+\\.)?(?:encoder\\.)?layers?\\.(\\d+)\\.";
    private static final String HF = "(?:[a-z0-9_]+\\.)?";

    private static final List<Rule> HUGGING_FACE_RULES = List.of(
            Rule.of(HF + "embeddings\\.cls_token", "cls_token"),
            Rule.of(HF + "embeddings\\.distillation_token", "dist_token"),
            Rule.of(HF + "embeddings\\.register_tokens", "reg_token"),
            Rule.of(HF + "embeddings\\.mask_token", ""),
            Rule.of(HF + "embeddings\\.position_embeddings", "pos_embed"),
            Rule.of(HF + "embeddings\\.patch_embeddings\\.projection\\.(.*)", "patch_embed.proj.$1"),
            Rule.of(BLOCK + "attention\\.attention\\.(q|k|v)(?:uery|ey|alue)\\.(.*)", "blocks.$1.attn.$2.$3"),
            Rule.of(BLOCK + "attention\\.(q|k|v)_proj\\.(.*)", "blocks.$1.attn.$2.$3"),
            Rule.of(BLOCK + "attention\\.(?:output\\.dense|o_proj)\\.(.*)", "blocks.$1.attn.proj.$2"),
            Rule.of(BLOCK + "(?:intermediate\\.dense|mlp\\.fc1)\\.(.*)", "blocks.$1.mlp.fc1.$2"),
            Rule.of(BLOCK + "mlp\\.weights_in\\.(.*)", "blocks.$1.mlp.fc1.$2"),
            Rule.of(BLOCK + "mlp\\.weights_out\\.(.*)", "blocks.$1.mlp.fc2.$2"),
            Rule.of(BLOCK + "(?:output\\.dense|mlp\\.fc2)\\.(.*)", "blocks.$1.mlp.fc2.$2"),
            Rule.of(BLOCK + "(?:layernorm_before|norm1)\\.(.*)", "blocks.$1.norm1.$2"),
            Rule.of(BLOCK + "(?:layernorm_after|norm2)\\.(.*)", "blocks.$1.norm2.$2"),
            Rule.of(BLOCK + "layer_scale([12])\\.lambda1", "blocks.$1.ls$2.gamma"),
            Rule.of(HF + "layernorm\\.(.*)", "norm.$1"),
            Rule.of(HF + "pooler\\..*", ""),
            Rule.of("decoder\\..*", ""),
            Rule.of("distillation_classifier\\.(.*)", "head_dist.$1"),
            Rule.of("(?:cls_)?classifier\\.(.*)", "head.$1"),
            Rule.of("(.*)", "$1"));

    private static final Pattern QUERY = Pattern.compile("(blocks\\.\\d+\\.attn\\.)q\\.(weight|bias)");

    private final String sign;

    Dialect(String sign) {
        this.sign = sign;
    }

    /** The tensors by timm's names and in its layout. What has no translation keeps its name. */
    abstract Map<String, HostTensor> toTimm(Map<String, HostTensor> tensors);

    /** Whether it is a BiT ResNet, and no transformer. */
    boolean isBit() {
        return this == BIT || this == TIMM_BIT;
    }

    /**
     * @throws CheckpointException when the names are none that is known
     */
    static Dialect of(Map<String, HostTensor> tensors) {
        for (Dialect dialect : values()) {
            if (tensors.keySet().stream().anyMatch(name -> name.endsWith(dialect.sign))) {
                return dialect;
            }
        }
        List<String> signs = new ArrayList<>();
        for (Dialect dialect : values()) {
            signs.add(dialect.sign + " (" + dialect + ")");
        }
        throw new CheckpointException(
                "this is no Vision Transformer that is known: no tensor's name ends in one of " + signs
                        + ". It has " + tensors.size() + " tensors, the first are "
                        + tensors.keySet().stream().limit(8).toList());
    }

    private static Map<String, HostTensor> renamed(Map<String, HostTensor> tensors, List<Rule> rules, Turn turn) {
        Map<String, HostTensor> renamed = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            for (Rule rule : rules) {
                Matcher matcher = rule.pattern().matcher(name);
                if (matcher.matches()) {
                    String timm = matcher.replaceFirst(rule.replacement());
                    if (!timm.isEmpty() && renamed.put(timm, turn.turned(timm, tensor)) != null) {
                        throw new CheckpointException("two tensors are " + timm + "; one of them is called " + name);
                    }
                    return;
                }
            }
            renamed.put(name, tensor);
        });
        return renamed;
    }

    /** Query, key and value one below the other, as timm has them; a missing bias is zero. */
    private static Map<String, HostTensor> separateQkvJoined(Map<String, HostTensor> tensors) {
        Map<String, HostTensor> joined = new LinkedHashMap<>(tensors);
        for (String name : tensors.keySet()) {
            Matcher query = QUERY.matcher(name);
            if (query.matches()) {
                List<HostTensor> parts = new ArrayList<>();
                for (String part : List.of("q", "k", "v")) {
                    String full = query.group(1) + part + "." + query.group(2);
                    HostTensor tensor = joined.remove(full);
                    if (tensor == null) {
                        throw new CheckpointException("the checkpoint has " + name + " and lacks " + full);
                    }
                    parts.add(tensor);
                }
                joined.put(query.group(1) + "qkv." + query.group(2), Layout.stack(parts));
            }
        }
        return joined;
    }
}
