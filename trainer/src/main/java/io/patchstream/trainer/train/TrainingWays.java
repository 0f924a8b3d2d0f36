package io.patchstream.trainer.train;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.train.AutoRecipe.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ways of training that {@link AutoRecipe} chooses among, the most demanding first. */
final class TrainingWays {
    private static final int SCRATCH_EPOCHS = 20;
    private static final int MOST_EPOCHS = 100;
    /** Disk for activations of blocks that do not learn. */
    private static final String CACHE_MB = "20000";

    private TrainingWays() {}

    /** Compact transformers at falling resolutions, none finer than the pictures are. */
    static List<Way> fromScratch(int nativeSide) {
        List<Way> ways = new ArrayList<>();
        Map<Integer, String> models = Map.of(96, "CCT-6/3x3", 64, "CCT-4/3x3", 32, "CCT-4/3x2");
        for (int side : new int[] {96, 64, 32}) {
            if (side == 32 || side <= nativeSide) {
                Map<String, String> settings = new TreeMap<>(common(side));
                settings.putAll(Map.of(
                        "model", models.get(side),
                        "learning-rate", "0.001",
                        "weight-decay", "0.05",
                        "label-smoothing", "0.1",
                        "flip", "true",
                        "crop-padding", Integer.toString(side / 16)));
                ways.add(new Way(
                        models.get(side) + " from scratch at " + side + " px", settings, SCRATCH_EPOCHS, MOST_EPOCHS));
            }
        }
        return ways;
    }

    /** All of a parent; its last two blocks and its head alone on kept activations. */
    static List<Way> from(ModelConfig parent) {
        Map<String, String> base = new TreeMap<>(common(parent.imageSize()));
        base.putAll(architecture(parent));
        List<Way> ways = new ArrayList<>();
        Map<String, String> all = new TreeMap<>(base);
        all.putAll(Map.of("learning-rate", "0.0002", "layer-decay", "0.75", "weight-decay", "0.05", "flip", "true"));
        ways.add(new Way("all of " + parent.name() + " at " + parent.imageSize() + " px", all, 5, 30));
        if (parent.layers() > 2) {
            Map<String, String> last = new TreeMap<>(base);
            last.putAll(Map.of("learning-rate", "0.0005", "train-last", "2", "cache-mb", CACHE_MB));
            ways.add(new Way("the last 2 blocks of " + parent.name() + " on kept activations", last, 8, 40));
        }
        Map<String, String> head = new TreeMap<>(base);
        head.putAll(Map.of("learning-rate", "0.002", "train-last", "0", "cache-mb", CACHE_MB));
        ways.add(new Way("the head of " + parent.name() + " on kept activations", head, 10, MOST_EPOCHS));
        return ways;
    }

    private static Map<String, String> common(int side) {
        return Map.of(
                "image-size", Integer.toString(side),
                "optimiser", "ADAMW",
                "schedule", "COSINE",
                "clip-norm", "1",
                "polyak", "0.999",
                "batch-size", "64");
    }

    /** Settings that name an architecture, whatever it is called. */
    private static Map<String, String> architecture(ModelConfig config) {
        ModelOptions options = config.options();
        String name = config.name();
        Map<String, String> settings = new TreeMap<>();
        if (config.tokenizer() instanceof Patches patches) {
            name = "ViT-S/" + patches.size();
        } else if (config.tokenizer() instanceof Convolutions convolutions) {
            name = "CCT-4/" + convolutions.kernel() + "x" + convolutions.layers();
            settings.put("channels", Integer.toString(convolutions.channels()));
        } else {
            settings.put("model", name);
            return settings;
        }
        settings.put(
                "model",
                name + " pooling=" + config.pooling() + " gelu=" + config.gelu() + " registers=" + config.registers()
                        + " positions=" + options.positions() + " positions-at=" + options.positionsAt() + " mlp="
                        + options.mlp() + " final-norm="
                        + options.finalNorm() + " qkv-bias=" + options.qkvBias() + " pre-norm=" + options.preNorm()
                        + " distilled=" + options.distilled() + " layer-scale=" + options.layerScale());
        settings.put("hidden-size", Integer.toString(config.hiddenSize()));
        settings.put("layers", Integer.toString(config.layers()));
        settings.put("heads", Integer.toString(config.heads()));
        settings.put("mlp-size", Integer.toString(config.mlpSize()));
        return settings;
    }
}
