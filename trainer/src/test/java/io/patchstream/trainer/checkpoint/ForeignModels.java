package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.model.ModelOptions.FinalNorm;
import io.patchstream.trainer.model.ModelOptions.Mlp;
import io.patchstream.trainer.model.ModelOptions.Positions;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.ParameterLayout.Role;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tiny random models, one for each way in which a form of others can differ from ours. */
final class ForeignModels {
    private static final int SIDE = 16;
    private static final List<String> LABELS = List.of("ant", "bee", "cat", "dog", "elk");
    private static final Normalisation OTHER = new Normalisation(0.286f, 0.353f);

    private ForeignModels() {}

    /** The models by name. */
    static Map<String, TrainedModel> all() {
        Map<String, TrainedModel> models = new LinkedHashMap<>();
        models.put("plain", model(config(Pooling.CLASS_TOKEN, Gelu.TANH, 1e-6, Normalisation.HALF, 0, options())));
        models.put("erf", model(config(Pooling.CLASS_TOKEN, Gelu.ERF, 1e-12, Normalisation.HALF, 0, options())));
        models.put(
                "distilled",
                model(config(
                        Pooling.CLASS_TOKEN,
                        Gelu.ERF,
                        1e-6,
                        Normalisation.HALF,
                        0,
                        new ModelOptions(
                                Positions.LEARNED,
                                Mlp.PLAIN,
                                true,
                                false,
                                FinalNorm.BEFORE_POOLING,
                                0,
                                0,
                                true,
                                true))));
        models.put("registers", model(config(Pooling.CLASS_TOKEN, Gelu.ERF, 1e-6, Normalisation.HALF, 3, options())));
        models.put("map", model(config(Pooling.MAP, Gelu.TANH, 1e-6, Normalisation.HALF, 0, options())));
        models.put("mean", model(config(Pooling.MEAN, Gelu.ERF, 1e-6, Normalisation.HALF, 0, options())));
        models.put(
                "mean-normed-after",
                model(config(
                        Pooling.MEAN,
                        Gelu.ERF,
                        1e-6,
                        Normalisation.HALF,
                        0,
                        options(Positions.LEARNED, Mlp.PLAIN, true, false, FinalNorm.AFTER_POOLING, 0))));
        models.put(
                "gated",
                model(config(
                        Pooling.CLASS_TOKEN,
                        Gelu.ERF,
                        1e-6,
                        Normalisation.HALF,
                        0,
                        options(Positions.LEARNED, Mlp.GATED, true, false, FinalNorm.BEFORE_POOLING, 0))));
        models.put(
                "pre-norm",
                model(config(
                        Pooling.CLASS_TOKEN,
                        Gelu.QUICK,
                        1e-5,
                        Normalisation.HALF,
                        0,
                        options(Positions.LEARNED, Mlp.PLAIN, true, true, FinalNorm.BEFORE_POOLING, 0))));
        models.put(
                "layer-scale",
                model(config(
                        Pooling.CLASS_TOKEN,
                        Gelu.ERF,
                        1e-6,
                        Normalisation.HALF,
                        0,
                        options(Positions.LEARNED, Mlp.PLAIN, true, false, FinalNorm.BEFORE_POOLING, 0.1))));
        models.put(
                "axes",
                model(config(
                        Pooling.CLASS_TOKEN,
                        Gelu.ERF,
                        1e-6,
                        OTHER,
                        0,
                        options(Positions.AXES, Mlp.PLAIN, false, false, FinalNorm.BEFORE_POOLING, 0))));
        models.put(
                "sin-cos",
                model(config(
                        Pooling.MEAN,
                        Gelu.ERF,
                        1e-6,
                        OTHER,
                        0,
                        options(Positions.SIN_COS, Mlp.PLAIN, true, false, FinalNorm.BEFORE_POOLING, 0))));
        models.put(
                "no-positions",
                model(config(
                        Pooling.CLASS_TOKEN,
                        Gelu.TANH,
                        1e-6,
                        Normalisation.HALF,
                        0,
                        options(Positions.NONE, Mlp.PLAIN, true, false, FinalNorm.BEFORE_POOLING, 0))));
        return models;
    }

    private static ModelOptions options() {
        return ModelOptions.PAPER;
    }

    private static ModelOptions options(
            Positions positions, Mlp mlp, boolean qkvBias, boolean preNorm, FinalNorm norm, double layerScale) {
        return new ModelOptions(positions, mlp, qkvBias, preNorm, norm, layerScale, 0, true, false);
    }

    private static ModelConfig config(
            Pooling pooling,
            Gelu gelu,
            double epsilon,
            Normalisation normalisation,
            int registers,
            ModelOptions options) {
        return new ModelConfig(
                "tiny",
                SIDE,
                new Patches(4),
                8,
                2,
                2,
                18,
                LABELS.size(),
                pooling,
                gelu,
                epsilon,
                0,
                0,
                normalisation,
                registers,
                options);
    }

    private static TrainedModel model(ModelConfig config) {
        Random random = new Random(5);
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        for (ParameterLayout.Entry entry : ParameterLayout.of(config).entries()) {
            boolean scale = entry.role() == Role.NORM_SCALE;
            float[] values = new float[Math.toIntExact(entry.count())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((scale ? 1 : 0) + 0.25 * random.nextGaussian());
            }
            parameters.put(entry.name(), new HostTensor(entry.shape(), values));
        }
        Preprocessing preprocessing = config.gelu() == Gelu.ERF
                ? Preprocessing.centreCrop(19, SIDE, Interpolation.BICUBIC)
                : Preprocessing.squash(SIDE, Interpolation.BILINEAR);
        return new TrainedModel(
                config, parameters, LABELS, preprocessing, new ModelLineage("", "", "random", 5, Map.of(), ""));
    }
}
