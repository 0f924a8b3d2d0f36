package io.patchstream.trainer.train;

import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Resampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters that a training begins with: random ones, or a parent's as the paper fine-tunes it (app. B.1.1). A head for
 * other classes begins anew, at zero; a pre-training head's hidden layer is left out where the new model has none; the grid of
 * position embeddings is brought to the new resolution, the class token's stays.
 */
final class Beginning {
    private static final String POSITIONS = "pos_embed";

    private final Recipe recipe;
    private final ModelConfig config;

    Beginning(Recipe recipe, ModelConfig config) {
        this.recipe = recipe;
        this.config = config;
    }

    /**
     * @param labels of the classes to learn
     * @throws IOException when the parent cannot be read, or has other parameters than this model
     */
    Map<String, HostTensor> parameters(List<String> labels) throws IOException {
        Map<String, HostTensor> parameters =
                new LinkedHashMap<>(Initialisation.of(config, recipe.prediction(config), recipe.seed()));
        parameters.computeIfPresent("head.bias", (name, bias) -> filled(bias, (float) recipe.headBias()));
        if (!recipe.from().isEmpty()) {
            TrainedModel parent = TrainedModel.read(Path.of(recipe.from()));
            takeOver(parameters, parent, parent.labels().equals(labels));
        }
        return parameters;
    }

    private void takeOver(Map<String, HostTensor> parameters, TrainedModel parent, boolean sameClasses)
            throws IOException {
        for (Map.Entry<String, HostTensor> entry : parent.parameters().entrySet()) {
            String name = entry.getKey();
            boolean isHead = name.startsWith("head.") || name.startsWith("head_dist.");
            boolean isLeftOut = name.startsWith("pre_logits.") && !parameters.containsKey(name);
            if (isLeftOut || isHead && !sameClasses) {
                continue;
            }
            HostTensor own = parameters.get(name);
            HostTensor fitted =
                    name.endsWith(POSITIONS) ? resized(entry.getValue(), parent.config()) : entry.getValue();
            // A representation layer left out changes what the head reads: it begins anew as well.
            if (isHead && own != null && !Arrays.equals(own.shape(), fitted.shape())) {
                continue;
            }
            if (own == null || !Arrays.equals(own.shape(), fitted.shape())) {
                throw new IOException(
                        recipe.from() + " has " + name + " " + Arrays.toString(fitted.shape()) + "; this model "
                                + (own == null ? "has no such parameter" : "takes " + Arrays.toString(own.shape()))
                                + ": model, patch size and sizes must be the parent's ("
                                + parent.config().name() + ")");
            }
            parameters.put(name, fitted);
        }
    }

    /** By the rule of the paper's code, {@code scipy.ndimage.zoom(order=1)}. */
    private HostTensor resized(HostTensor positions, ModelConfig parent) {
        if (parent.gridSide() == config.gridSide() || parent.prefixTokens() != config.prefixTokens()) {
            return positions;
        }
        return Resampling.ZOOM.positions(positions, config.prefixTokens(), parent.gridSide(), config.gridSide());
    }

    private static HostTensor filled(HostTensor like, float value) {
        float[] values = new float[like.values().length];
        Arrays.fill(values, value);
        return new HostTensor(like.shape(), values);
    }
}
