package io.patchstream.trainer.recipe;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.optimise.Schedule;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.util.ArrayList;
import java.util.List;

/** One training, whole: data, model, augmentation, optimiser and run. Read by {@link RecipeReader}. */
public record Recipe(
        @Setting(key = "name", value = "", says = "What the recipe is called.")
        String name,

        @Setting(key = "paper", value = "", says = "Where the recipe comes from.")
        String paper,

        @Setting(key = "command", value = "", says = "The command that runs it.")
        String command,

        @Setting(key = "cost", value = "", says = "What it costs, and on which machine.")
        String cost,

        @Setting(key = "score", value = "", says = "The score to expect.")
        String score,

        @Setting(
                key = "data",
                value = "",
                says = "Folders to look in for the data, separated by ';': the first that has them is taken.")
        String data,

        @Setting(
                key = "hold-out",
                value = "0",
                says = "Share of the training examples to evaluate on in place of the test set.")
        double holdOut,

        @Setting(
                key = "scene-share",
                value = "0",
                says = "Share of training pictures that are drawn as conveyor scenes.")
        double sceneShare,

        @Setting(key = "scene-height", value = "48", says = "Height in pixels of a conveyor scene in training.")
        int sceneHeight,

        @Setting(
                key = "scene-height-evaluated",
                value = "240",
                says = "Height in pixels of a conveyor scene in evaluation.")
        int sceneHeightEvaluated,

        @Setting(key = "model", value = "CCT-2/3x2", says = "The architecture's name, such as ViT-B/16 or CCT-7/3x1.")
        String model,

        @Setting(
                key = "from",
                value = "",
                says = "Folder of a trained model whose weights to begin with; a head for other classes begins anew.")
        String from,

        @Setting(key = "image-size", value = "32", says = "H = W of the model's input in pixels.")
        int imageSize,

        @Setting(key = "hidden-size", value = "0", says = "D; 0 for the architecture's own.")
        int hiddenSize,

        @Setting(key = "layers", value = "0", says = "L; 0 for the architecture's own.")
        int layers,

        @Setting(key = "heads", value = "0", says = "h; 0 for the architecture's own.")
        int heads,

        @Setting(key = "mlp-size", value = "0", says = "M; 0 for the architecture's own.")
        int mlpSize,

        @Setting(
                key = "channels",
                value = "0",
                says = "Channels of a convolutional tokenizer's first layers; 0 for the architecture's own.")
        int channels,

        @Setting(key = "gelu", value = "AUTO", says = "AUTO, ERF or TANH; AUTO is the architecture's own.")
        GeluChoice gelu,

        @Setting(key = "dropout", value = "0", says = "After each dense layer and the position embedding.")
        double dropout,

        @Setting(key = "stochastic-depth", value = "0", says = "Drop rate of the last block's branches.")
        double stochasticDepth,

        @Setting(
                key = "resize",
                value = "SHORTEST_SIDE",
                says = "How pictures are brought to size: SQUASH or SHORTEST_SIDE.")
        Resize resize,

        @Setting(
                key = "resize-to",
                value = "0",
                says = "The shortest side in pixels before the centre crop; 0 for the image size.")
        int resizeTo,

        @Setting(key = "interpolation", value = "BILINEAR", says = "BILINEAR or BICUBIC.")
        Interpolation interpolation,

        @Setting(key = "crop-padding", value = "0", says = "The most that a picture is shifted, in pixels.")
        int cropPadding,

        @Setting(key = "flip", value = "false", says = "Whether half of the pictures are mirrored.")
        boolean flip,

        @Setting(key = "pose-degrees", value = "0", says = "The most that a picture is turned.")
        double poseDegrees,

        @Setting(key = "pose-scale", value = "0", says = "The most that a picture grows or shrinks, such as 0.1.")
        double poseScale,

        @Setting(key = "rand-augment", value = "0", says = "Operations of RandAugment on each picture.")
        int randAugment,

        @Setting(key = "rand-augment-magnitude", value = "10", says = "Their strength, from 0 to 30.")
        double randAugmentMagnitude,

        @Setting(key = "erasing", value = "0", says = "Probability of random erasing.")
        double erasing,

        @Setting(key = "mixup", value = "0", says = "Mixup's alpha; 0 for none.")
        double mixup,

        @Setting(key = "label-smoothing", value = "0", says = "Probability that is spread over all classes.")
        double labelSmoothing,

        @Setting(key = "optimiser", value = "ADAMW", says = "ADAMW or SGD.")
        OptimiserKind optimiser,

        @Setting(key = "learning-rate", value = "0.001", says = "The highest learning rate.")
        double learningRate,

        @Setting(key = "schedule", value = "COSINE", says = "COSINE, LINEAR or CONSTANT, after the warm-up.")
        Schedule.Decay schedule,

        @Setting(key = "warm-up-epochs", value = "1", says = "Epochs of linear warm-up.")
        double warmUpEpochs,

        @Setting(
                key = "weight-decay",
                value = "0",
                says = "On kernels only; a step's decay is learning rate times this.")
        double weightDecay,

        @Setting(key = "beta1", value = "0.9", says = "Adam's first beta; SGD's momentum.")
        double beta1,

        @Setting(key = "beta2", value = "0.999", says = "Adam's second beta.")
        double beta2,

        @Setting(key = "clip-norm", value = "1", says = "The longest gradient; 0 for no limit.")
        double clipNorm,

        @Setting(
                key = "polyak",
                value = "0",
                says = "Factor of the weights' running average; 0 for none. The average is what is written.")
        double polyak,

        @Setting(key = "epochs", value = "10", says = "How often each example is seen.")
        int epochs,

        @Setting(key = "batch-size", value = "128", says = "B.")
        int batchSize,

        @Setting(key = "seed", value = "0", says = "Of everything random.")
        long seed,

        @Setting(
                key = "precision",
                value = "AUTO",
                says = "AUTO, FP32 or BF16; AUTO is BF16 on processors that multiply it.")
        PrecisionChoice precision,

        @Setting(key = "threads", value = "0", says = "Of libtorch; 0 for as many as there are processors.")
        int threads,

        @Setting(key = "loaders", value = "1", says = "Threads that prepare batches.")
        int loaders,

        @Setting(
                key = "save-seconds",
                value = "60",
                says = "How often the state is saved, besides at each epoch's end.")
        int saveSeconds,

        @Setting(key = "evaluate-epochs", value = "5", says = "Epochs between evaluations; 0 for one at the end.")
        int evaluateEpochs) {

    /** Which optimiser. */
    public enum OptimiserKind {
        ADAMW,
        SGD
    }

    /** Which form of GELU. */
    public enum GeluChoice {
        AUTO,
        ERF,
        TANH
    }

    /** Which precision. */
    public enum PrecisionChoice {
        AUTO,
        FP32,
        BF16
    }

    /** Reports all that is wrong at once. */
    public Recipe {
        List<String> problems = new ArrayList<>();
        check(problems, epochs >= 1, "epochs", epochs, "1 or more");
        check(problems, batchSize >= 1, "batch-size", batchSize, "1 or more");
        check(problems, learningRate > 0, "learning-rate", learningRate, "over 0");
        check(problems, warmUpEpochs >= 0 && warmUpEpochs <= epochs, "warm-up-epochs", warmUpEpochs, "0 to epochs");
        check(problems, weightDecay >= 0, "weight-decay", weightDecay, "0 or more");
        check(problems, beta1 >= 0 && beta1 < 1, "beta1", beta1, "0 to 1");
        check(problems, beta2 >= 0 && beta2 < 1, "beta2", beta2, "0 to 1");
        check(problems, clipNorm >= 0, "clip-norm", clipNorm, "0 or more");
        check(problems, polyak >= 0 && polyak < 1, "polyak", polyak, "0 or more, below 1");
        check(problems, holdOut >= 0 && holdOut < 1, "hold-out", holdOut, "0 or more, below 1");
        check(problems, sceneShare >= 0 && sceneShare <= 1, "scene-share", sceneShare, "0 to 1");
        check(problems, sceneHeight >= 16, "scene-height", sceneHeight, "16 or more");
        check(problems, sceneHeightEvaluated >= 16, "scene-height-evaluated", sceneHeightEvaluated, "16 or more");
        check(problems, dropout >= 0 && dropout < 1, "dropout", dropout, "0 or more, below 1");
        check(problems, stochasticDepth >= 0 && stochasticDepth < 1, "stochastic-depth", stochasticDepth, "0 to 1");
        check(problems, labelSmoothing >= 0 && labelSmoothing < 1, "label-smoothing", labelSmoothing, "0 to 1");
        check(problems, mixup >= 0, "mixup", mixup, "0 or more");
        check(problems, erasing >= 0 && erasing <= 1, "erasing", erasing, "0 to 1");
        check(problems, cropPadding >= 0 && cropPadding < imageSize, "crop-padding", cropPadding, "0 to image-size");
        check(problems, randAugment >= 0, "rand-augment", randAugment, "0 or more");
        check(problems, loaders >= 1, "loaders", loaders, "1 or more");
        check(problems, threads >= 0, "threads", threads, "0 or more");
        check(problems, saveSeconds >= 1, "save-seconds", saveSeconds, "1 or more");
        check(problems, evaluateEpochs >= 0, "evaluate-epochs", evaluateEpochs, "0 or more");
        if (!problems.isEmpty()) {
            throw new RecipeException(problems);
        }
    }

    private static void check(List<String> problems, boolean good, String key, Object value, String range) {
        if (!good) {
            problems.add(key + " is " + value + "; it must be " + range);
        }
    }

    /** The architecture for {@code classes} classes. */
    public ModelConfig modelConfig(int classes) {
        ModelConfig named = ModelVariants.named(model, imageSize, classes);
        ModelConfig.Tokenizer tokenizer =
                channels > 0 && named.tokenizer() instanceof ModelConfig.Convolutions convolutions
                        ? new ModelConfig.Convolutions(convolutions.layers(), convolutions.kernel(), channels)
                        : named.tokenizer();
        return new ModelConfig(
                named.name(),
                imageSize,
                tokenizer,
                or(hiddenSize, named.hiddenSize()),
                or(layers, named.layers()),
                or(heads, named.heads()),
                or(mlpSize, named.mlpSize()),
                classes,
                named.pooling(),
                gelu == GeluChoice.AUTO ? named.gelu() : ModelConfig.Gelu.valueOf(gelu.name()),
                named.layerNormEpsilon(),
                dropout,
                stochasticDepth,
                named.normalisation());
    }

    private static int or(int value, int otherwise) {
        return value > 0 ? value : otherwise;
    }

    /** How pictures become the model's input. */
    public Preprocessing preprocessing() {
        return resize == Resize.SQUASH
                ? Preprocessing.squash(imageSize, interpolation)
                : Preprocessing.centreCrop(or(resizeTo, imageSize), imageSize, interpolation);
    }
}
