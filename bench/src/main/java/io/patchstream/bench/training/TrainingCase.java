package io.patchstream.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.bench.Photographs;
import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A training that both sides can do: a recipe, the weights that it begins with and one batch, all in a folder.
 *
 * @param recipe says model, batch, precision, threads and optimiser
 * @param classes K
 */
record TrainingCase(Recipe recipe, int classes) {
    private static final String FILE = "case.json";
    private static final String PIXELS = "pixels.bin";
    private static final String WEIGHTS = "model.safetensors";
    /** Enough for a second step with gradients in every layer: heads begin at 0. */
    private static final int WARM_UP_STEPS = 4;

    /** The demo model's training, and the paper's two smallest models at 224 pixels. */
    static final List<String> MODELS = List.of("CCT-4/3x3", "ViT-Ti/16", "ViT-S/16");

    /** One of {@link #MODELS}. */
    static TrainingCase of(String model, int batch, Precision precision, int threads) {
        boolean compact = model.startsWith("CCT");
        Map<String, String> values = new TreeMap<>(Map.of(
                "name",
                "bench",
                "model",
                model,
                "image-size",
                compact ? "32" : "224",
                "batch-size",
                Integer.toString(batch > 0 ? batch : usualBatch(model)),
                "resize",
                "SQUASH",
                "weight-decay",
                "0.05",
                "polyak",
                "0.999",
                "precision",
                precision.name(),
                "threads",
                Integer.toString(threads)));
        if (compact) {
            // The demo model's, which is wider than the paper's CCT-4.
            values.putAll(Map.of("heads", "4", "mlp-size", "256"));
        }
        return new TrainingCase(RecipeReader.of(values), compact ? 10 : 1000);
    }

    private static int usualBatch(String model) {
        return switch (model) {
            case "CCT-4/3x3" -> 128;
            case "ViT-Ti/16" -> 16;
            default -> 8;
        };
    }

    ModelConfig config() {
        return recipe.modelConfig(classes);
    }

    /** Writes all of it into a folder. */
    void write(Path folder) throws IOException {
        ModelConfig config = config();
        Safetensors.write(folder.resolve(WEIGHTS), Initialisation.of(config, recipe.seed()));
        try (OutputStream out = Files.newOutputStream(folder.resolve(PIXELS))) {
            for (int i = 0; i < recipe.batchSize(); i++) {
                out.write(Photographs.paint(recipe.imageSize(), recipe.imageSize(), i)
                        .pixels());
            }
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("recipe", RecipeReader.values(recipe));
        values.put("side", recipe.imageSize());
        values.put("batch", recipe.batchSize());
        values.put("classes", classes);
        values.put("precision", recipe.precision().name());
        values.put("threads", recipe.threads());
        values.put("warm_up_steps", WARM_UP_STEPS);
        architecture(config, values);
        optimiser(config, values);
        new JsonMapper().writeValue(folder.resolve(FILE).toFile(), values);
    }

    private static void architecture(ModelConfig config, Map<String, Object> values) {
        values.put("hidden", config.hiddenSize());
        values.put("layers", config.layers());
        values.put("heads", config.heads());
        values.put("mlp", config.mlpSize());
        values.put("tokens", config.tokens());
        values.put("epsilon", config.layerNormEpsilon());
        values.put("gelu", config.gelu() == ModelConfig.Gelu.TANH ? "tanh" : "none");
        if (config.tokenizer() instanceof ModelConfig.Convolutions convolutions) {
            values.put("convolutions", convolutions.layers());
            values.put("kernel", convolutions.kernel());
            values.put("channels", convolutions.channels());
        } else if (config.tokenizer() instanceof ModelConfig.Patches patches) {
            values.put("patch", patches.size());
        }
    }

    private void optimiser(ModelConfig config, Map<String, Object> values) {
        values.put("learning_rate", recipe.learningRate());
        values.put("weight_decay", recipe.weightDecay());
        values.put("beta1", recipe.beta1());
        values.put("beta2", recipe.beta2());
        values.put("clip_norm", recipe.clipNorm());
        values.put("polyak", recipe.polyak());
        values.put(
                "decaying",
                ParameterLayout.of(config).entries().stream()
                        .filter(entry -> entry.role().decays())
                        .map(ParameterLayout.Entry::name)
                        .toList());
    }

    /** What {@link #write} wrote, but for its pixels and weights. */
    static TrainingCase read(Path folder) throws IOException {
        JsonNode values = new JsonMapper().readTree(folder.resolve(FILE).toFile());
        Map<String, String> recipe = new TreeMap<>();
        values.get("recipe")
                .properties()
                .forEach(entry -> recipe.put(entry.getKey(), entry.getValue().textValue()));
        return new TrainingCase(RecipeReader.of(recipe), values.get("classes").intValue());
    }

    /** The batch's pictures, uint8 {@code [B, H, W, 3]}. */
    static byte[] pixels(Path folder) throws IOException {
        return Files.readAllBytes(folder.resolve(PIXELS));
    }

    static Path weights(Path folder) {
        return folder.resolve(WEIGHTS);
    }

    static int warmUpSteps() {
        return WARM_UP_STEPS;
    }

    /** For people. */
    String name() {
        return config().name() + " at " + recipe.imageSize() + " px, batch " + recipe.batchSize() + ", "
                + recipe.precision() + ", " + recipe.threads() + (recipe.threads() == 1 ? " thread" : " threads");
    }
}
