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
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as transformers loads it: {@code AutoModelForImageClassification.from_pretrained(DIR)}. It is a
 * {@code ViTForImageClassification}, or with a distillation token a {@code DeiTForImageClassificationWithTeacher}.
 */
final class HuggingFaceForm {
    private static final int PILLOW_BILINEAR = 2;
    private static final int PILLOW_BICUBIC = 3;

    private final TrainedModel model;
    private final ModelConfig config;
    private final boolean distilled;
    private final String prefix;
    private final Map<String, HostTensor> from;
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    private HuggingFaceForm(TrainedModel model) {
        this.model = model;
        this.config = model.config();
        this.distilled = config.options().distilled();
        this.prefix = distilled ? "deit." : "vit.";
        this.from = PlainTensors.of(model);
    }

    /**
     * @throws ExportException when transformers has no such model with a classifier; the message says what of it
     */
    static ForeignFiles of(TrainedModel model) {
        List<String> refusals = PlainTensors.refusals(model.config());
        ModelOptions options = model.config().options();
        if (model.config().pooling() != Pooling.CLASS_TOKEN) {
            refusals.add("pooling without a class token");
        }
        if (model.config().registers() > 0) {
            refusals.add("registers");
        }
        if (options.mlp() == Mlp.GATED) {
            refusals.add("gated MLPs");
        }
        if (options.preNorm() || options.finalNorm() != FinalNorm.BEFORE_POOLING) {
            refusals.add("norms elsewhere than in the paper");
        }
        if (!refusals.isEmpty()) {
            throw new ExportException("transformers' ViT has no place for " + String.join(" and ", refusals)
                    + ": try export --to timm; --to safetensors has a place for everything");
        }
        return new HuggingFaceForm(model).files();
    }

    private ForeignFiles files() {
        String embeddings = prefix + "embeddings.";
        put(embeddings + "cls_token", "cls_token");
        if (distilled) {
            put(embeddings + "distillation_token", "dist_token");
        }
        put(embeddings + "position_embeddings", "pos_embed");
        dense(embeddings + "patch_embeddings.projection", "patch_embed.proj");
        for (int i = 0; i < config.layers(); i++) {
            block(prefix + "encoder.layer." + i + ".", "blocks." + i + ".");
        }
        dense(prefix + "layernorm", "norm");
        dense(distilled ? "cls_classifier" : "classifier", "head");
        if (distilled) {
            dense("distillation_classifier", "head_dist");
        }
        return new ForeignFiles(
                tensors, Map.of("config.json", settings(), "preprocessor_config.json", preprocessor()), List.of());
    }

    private void block(String to, String block) {
        dense(to + "layernorm_before", block + "norm1");
        List<String> parts = List.of("query", "key", "value");
        for (int i = 0; i < parts.size(); i++) {
            String layer = to + "attention.attention." + parts.get(i);
            tensors.put(layer + ".weight", third(from.get(block + "attn.qkv.weight"), i));
            if (config.options().qkvBias()) {
                tensors.put(layer + ".bias", third(from.get(block + "attn.qkv.bias"), i));
            }
        }
        scaled(to + "attention.output.dense", block + "attn.proj", block + "ls1");
        dense(to + "layernorm_after", block + "norm2");
        dense(to + "intermediate.dense", block + "mlp.fc1");
        scaled(to + "output.dense", block + "mlp.fc2", block + "ls2");
    }

    private void put(String name, String ours) {
        tensors.put(name, from.get(ours));
    }

    private void dense(String name, String ours) {
        put(name + ".weight", ours + ".weight");
        put(name + ".bias", ours + ".bias");
    }

    /** With LayerScale's factors in it, which ViT here does not have: {@code gamma * (W x + b)}. */
    private void scaled(String name, String ours, String scale) {
        HostTensor gamma = from.get(scale + ".gamma");
        for (String part : List.of(".weight", ".bias")) {
            HostTensor tensor = from.get(ours + part);
            tensors.put(name + part, gamma == null ? tensor : rowsTimes(tensor, gamma.values()));
        }
    }

    private static HostTensor rowsTimes(HostTensor tensor, float[] factors) {
        float[] values = tensor.values().clone();
        int row = values.length / factors.length;
        for (int i = 0; i < values.length; i++) {
            values[i] *= factors[i / row];
        }
        return new HostTensor(tensor.shape(), values);
    }

    private static HostTensor third(HostTensor joined, int part) {
        long[] shape = joined.shape();
        shape[0] /= 3;
        int size = joined.values().length / 3;
        return new HostTensor(shape, Arrays.copyOfRange(joined.values(), part * size, (part + 1) * size));
    }

    private ObjectNode settings() {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.putArray("architectures")
                .add(distilled ? "DeiTForImageClassificationWithTeacher" : "ViTForImageClassification");
        settings.put("model_type", distilled ? "deit" : "vit");
        settings.put("image_size", config.imageSize());
        settings.put("patch_size", ((Patches) config.tokenizer()).size());
        settings.put("num_channels", 3);
        settings.put("hidden_size", config.hiddenSize());
        settings.put("num_hidden_layers", config.layers());
        settings.put("num_attention_heads", config.heads());
        settings.put("intermediate_size", config.mlpSize());
        settings.put(
                "hidden_act",
                switch (config.gelu()) {
                    case ERF -> "gelu";
                    case TANH -> "gelu_pytorch_tanh";
                    case QUICK -> "quick_gelu";
                });
        settings.put("layer_norm_eps", config.layerNormEpsilon());
        settings.put("qkv_bias", config.options().qkvBias());
        settings.put("hidden_dropout_prob", config.dropout());
        settings.put("attention_probs_dropout_prob", 0.0);
        ForeignLabels.put(settings, model.labels());
        return settings;
    }

    private ObjectNode preprocessor() {
        Preprocessing preprocessing = model.preprocessing();
        boolean squash = preprocessing.resize() == Resize.SQUASH;
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("image_processor_type", squash ? "ViTImageProcessor" : "CLIPImageProcessor");
        settings.put("do_resize", true);
        settings.put(
                "resample", preprocessing.interpolation() == Interpolation.BICUBIC ? PILLOW_BICUBIC : PILLOW_BILINEAR);
        if (squash) {
            side(settings.putObject("size"));
        } else {
            settings.putObject("size").put("shortest_edge", preprocessing.resizeTo());
            settings.put("do_center_crop", true);
            side(settings.putObject("crop_size"));
        }
        settings.put("do_rescale", true);
        settings.put("rescale_factor", 1 / 255.0);
        settings.put("do_normalize", true);
        for (int i = 0; i < 3; i++) {
            settings.withArray("image_mean").add(config.normalisation().mean());
            settings.withArray("image_std").add(config.normalisation().std());
        }
        return settings;
    }

    private void side(ObjectNode size) {
        size.put("height", config.imageSize()).put("width", config.imageSize());
    }
}
