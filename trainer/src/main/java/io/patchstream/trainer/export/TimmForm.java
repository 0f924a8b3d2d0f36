package io.patchstream.trainer.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.model.ModelOptions.FinalNorm;
import io.patchstream.trainer.model.ModelOptions.Mlp;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** A model as timm loads it: {@code timm.create_model("local-dir:DIR", pretrained=True)}. */
final class TimmForm {
    private static final double TIMM_EPSILON = 1e-6;
    private static final double CLIP_EPSILON = 1e-5;

    private final TrainedModel model;
    private final ModelConfig config;
    private final List<String> notes = new ArrayList<>();

    private TimmForm(TrainedModel model) {
        this.model = model;
        this.config = model.config();
    }

    /**
     * @throws ExportException when timm has no such model; the message says what of it
     */
    static ForeignFiles of(TrainedModel model) {
        return new TimmForm(model).files();
    }

    private ForeignFiles files() {
        List<String> refusals = PlainTensors.refusals(model.config());
        if (config.options().distilled()
                && (config.registers() > 0 || config.options().mlp() == Mlp.GATED)) {
            refusals.add("a distillation token beside registers or gated MLPs");
        }
        if (!refusals.isEmpty()) {
            throw new ExportException("timm has no place for " + String.join(" and ", refusals)
                    + ": export --to safetensors has one for everything");
        }
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("architecture", architecture());
        settings.put("num_classes", config.classes());
        settings.put("num_features", config.hiddenSize());
        settings.put("global_pool", pool());
        settings.set("model_args", arguments());
        settings.set("pretrained_cfg", pretrained());
        // Not timm's: what import reads where timm's own settings do not say.
        settings.put("layer_norm_eps", config.layerNormEpsilon());
        ForeignLabels.put(settings, model.labels());
        return new ForeignFiles(PlainTensors.of(model), Map.of("config.json", settings), notes);
    }

    /** The registered model whose code is this one's; sizes and options are arguments. */
    private String architecture() {
        if (config.options().distilled()) {
            noteEpsilon(TIMM_EPSILON);
            return "deit_base_distilled_patch16_224";
        }
        if (config.options().mlp() == Mlp.GATED) {
            noteEpsilon(TIMM_EPSILON);
            return "vit_giant_patch14_dinov2";
        }
        boolean clip = config.layerNormEpsilon() == CLIP_EPSILON;
        noteEpsilon(clip ? CLIP_EPSILON : TIMM_EPSILON);
        return clip ? "vit_base_patch16_clip_224" : "vit_base_patch16_224";
    }

    private void noteEpsilon(double theirs) {
        if (config.layerNormEpsilon() != theirs) {
            notes.add("timm's layer norms have an epsilon of " + theirs + ", this model's of "
                    + config.layerNormEpsilon() + ": logits differ in their last digits");
        }
    }

    private String pool() {
        return switch (config.pooling()) {
            case CLASS_TOKEN -> "token";
            case MEAN -> "avg";
            case MAP -> "map";
            case SEQUENCE -> throw new IllegalStateException("sequence pooling was refused");
        };
    }

    private ObjectNode arguments() {
        ModelOptions options = config.options();
        boolean gated = options.mlp() == Mlp.GATED;
        int hidden = gated ? 2 * config.mlpSize() : config.mlpSize();
        int d = config.hiddenSize();
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        arguments.put("img_size", config.imageSize());
        arguments.put("patch_size", ((Patches) config.tokenizer()).size());
        arguments.put("embed_dim", d);
        arguments.put("depth", config.layers());
        arguments.put("num_heads", config.heads());
        arguments.put("mlp_ratio", giving(hidden, hidden / (double) d, ratio -> ratio * d));
        arguments.put("qkv_bias", options.qkvBias());
        arguments.put("pre_norm", options.preNorm());
        if (options.layerScale() > 0) {
            arguments.put("init_values", options.layerScale());
        } else {
            arguments.putNull("init_values");
        }
        if (!gated) {
            arguments.put(
                    "act_layer",
                    switch (config.gelu()) {
                        case ERF -> "gelu";
                        case TANH -> "gelu_tanh";
                        case QUICK -> "quick_gelu";
                    });
        }
        if (!options.distilled()) {
            arguments.put("global_pool", pool());
            arguments.put("class_token", config.pooling() == Pooling.CLASS_TOKEN);
            arguments.put("reg_tokens", config.registers());
            arguments.put("fc_norm", options.finalNorm() == FinalNorm.AFTER_POOLING);
        }
        return arguments;
    }

    private ObjectNode pretrained() {
        Preprocessing preprocessing = model.preprocessing();
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("num_classes", config.classes());
        settings.putArray("input_size").add(3).add(config.imageSize()).add(config.imageSize());
        settings.put("fixed_input_size", true);
        settings.put("interpolation", preprocessing.interpolation().name().toLowerCase(java.util.Locale.ROOT));
        boolean squash = preprocessing.resize() == Resize.SQUASH;
        settings.put("crop_mode", squash ? "squash" : "center");
        int to = preprocessing.resizeTo();
        double size = config.imageSize();
        settings.put("crop_pct", squash ? 1.0 : giving(to, size / to, crop -> size / crop));
        for (String statistic : List.of("mean", "std")) {
            float value = statistic.equals("mean")
                    ? config.normalisation().mean()
                    : config.normalisation().std();
            settings.putArray(statistic).add(exact(value)).add(exact(value)).add(exact(value));
        }
        settings.put("first_conv", "patch_embed.proj");
        if (config.options().distilled()) {
            settings.putArray("classifier").add("head").add("head_dist");
        } else {
            settings.put("classifier", "head");
        }
        return settings;
    }

    /** The shortest decimal of a float, as a double: 0.286 and not 0.28600001335. */
    private static double exact(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    /** timm rounds what it computes from a ratio down: the ratio next to {@code first} that gives {@code wanted}. */
    private static double giving(int wanted, double first, DoubleUnaryOperator rule) {
        double up = first;
        double down = first;
        while (true) {
            if ((int) rule.applyAsDouble(up) == wanted) {
                return up;
            }
            if ((int) rule.applyAsDouble(down) == wanted) {
                return down;
            }
            up = Math.nextUp(up);
            down = Math.nextDown(down);
        }
    }
}
