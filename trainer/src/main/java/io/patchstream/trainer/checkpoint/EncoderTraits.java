package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.model.ModelOptions.FinalNorm;
import io.patchstream.trainer.model.ModelOptions.Mlp;
import io.patchstream.trainer.model.ModelOptions.Positions;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a checkpoint's encoder departs from the paper's, as its tensors (by timm's names) and settings show. */
final class EncoderTraits {
    private final Map<String, HostTensor> tensors;
    private final JsonNode settings;
    private final Dialect dialect;
    private final ImportSettings wishes;

    EncoderTraits(Map<String, HostTensor> tensors, Checkpoint checkpoint, Dialect dialect, ImportSettings wishes) {
        this.tensors = tensors;
        JsonNode inner = checkpoint.settings().path("vision_config");
        this.settings = inner.isObject() ? inner : checkpoint.settings();
        this.dialect = dialect;
        this.wishes = wishes;
    }

    /**
     * Leaves out what the wishes or the family's own code leave out, and refuses what would make another model if it were left out.
     *
     * @throws CheckpointException that names it
     */
    void settle() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("blocks.0.attn.q_norm.weight", "norms of queries and keys");
        if (tensors.containsKey("cls_token")) {
            refused.put("fc_norm.weight", "a mean of tokens beside a class token");
            refused.put("attn_pool.latent", "attention pooling beside a class token");
        }
        refused.forEach((name, what) -> {
            if (tensors.containsKey(name)) {
                throw new CheckpointException(
                        "the checkpoint has " + what + " (" + name + "), which this model has not");
            }
        });
        if (wishes.headless()) {
            boolean projection = !endsInTanh();
            tensors.keySet()
                    .removeIf(name ->
                            name.matches("(head|head_dist)\\..*") || !projection && name.startsWith("pre_logits."));
        }
        if (isClip() && tensors.containsKey("head.weight") && tensors.containsKey("cls_token")) {
            throw new CheckpointException(
                    "the checkpoint has a classifier on the mean of CLIP's patches, which this model has"
                            + " not: give --headless for the embedding alone");
        }
        if (isClip() && tensors.containsKey("head.weight")) { // SigLIP's classifier stands on the mean
            tensors.keySet().removeIf(name -> name.startsWith("attn_pool."));
        }
    }

    /** Whether two heads answer. One head beside a distillation token leaves that token as a register. */
    boolean distilled() {
        return tensors.containsKey("dist_token")
                && (tensors.containsKey("head_dist.weight") || dialect == Dialect.TIMM);
    }

    Pooling pooling() {
        if (tensors.containsKey("cls_token")) {
            return Pooling.CLASS_TOKEN;
        }
        return tensors.containsKey("attn_pool.latent") ? Pooling.MAP : Pooling.MEAN;
    }

    ModelOptions options(boolean distilled) {
        HostTensor representation = tensors.get("pre_logits.weight");
        return new ModelOptions(
                Positions.LEARNED,
                isGated() ? Mlp.GATED : Mlp.PLAIN,
                true,
                tensors.containsKey("norm_pre.weight"),
                tensors.containsKey("fc_norm.weight") ? FinalNorm.AFTER_POOLING : FinalNorm.BEFORE_POOLING,
                0,
                representation == null ? 0 : Math.toIntExact(representation.dim(0)),
                endsInTanh(),
                distilled);
    }

    /** CLIP's projection is of the same names, and has none. */
    private boolean endsInTanh() {
        return !isClip();
    }

    /** By shape: a gated block's first layer gives twice what its second takes. */
    boolean isGated() {
        HostTensor first = tensors.get("blocks.0.mlp.fc1.weight");
        HostTensor second = tensors.get("blocks.0.mlp.fc2.weight");
        return first != null && second != null && first.dim(0) == 2 * second.dim(second.rank() - 1);
    }

    Gelu gelu() {
        String usual = switch (dialect) {
            case GOOGLE -> "gelu_pytorch_tanh";
            case CLIP -> tensors.containsKey("cls_token") ? "quick_gelu" : "gelu_pytorch_tanh";
            case TIMM -> settings.path("architecture").asText("").contains("quickgelu") ? "quick_gelu" : "gelu";
            case HUGGING_FACE, BIT, TIMM_BIT -> "gelu";
        };
        String stated = settings.path("model_args").path("act_layer").asText(usual);
        return wishes.gelu().orElseGet(() -> named(settings.path("hidden_act").asText(stated)));
    }

    private static Gelu named(String activation) {
        return switch (activation) {
            case "gelu" -> Gelu.ERF;
            case "gelu_pytorch_tanh", "gelu_new", "gelu_tanh" -> Gelu.TANH;
            case "quick_gelu" -> Gelu.QUICK;
            default ->
                throw new CheckpointException("the checkpoint's settings have the activation " + activation
                        + "; gelu, gelu_pytorch_tanh and quick_gelu are there (--gelu)");
        };
    }

    double layerNormEpsilon() {
        double usual = switch (dialect) {
            case GOOGLE, BIT, TIMM_BIT -> 1e-6;
            case TIMM -> tensors.containsKey("norm_pre.weight") ? 1e-5 : 1e-6;
            case CLIP -> tensors.containsKey("cls_token") ? 1e-5 : 1e-6;
            case HUGGING_FACE -> 1e-12;
        };
        return settings.path("layer_norm_eps").asDouble(usual);
    }

    /** As the settings say; 0 when they do not. */
    int heads() {
        int usual = dialect == Dialect.CLIP && settings.isObject()
                ? 12 // both families' default, which files leave out
                : settings.path("model_args").path("num_heads").asInt(0);
        return settings.path("num_attention_heads").asInt(usual);
    }

    /** The statistics of pixels that go with the encoder, where the checkpoint says nothing. */
    PixelStatistics usualStatistics(boolean scaled) {
        if (tensors.containsKey("norm_pre.weight")) {
            return PixelStatistics.CLIP;
        }
        return scaled || tensors.containsKey("dist_token") ? PixelStatistics.IMAGENET : PixelStatistics.HALF;
    }

    private boolean isClip() {
        return dialect == Dialect.CLIP;
    }
}
