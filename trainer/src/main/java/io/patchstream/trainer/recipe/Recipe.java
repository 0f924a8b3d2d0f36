package io.patchstream.trainer.recipe;

import io.patchstream.trainer.data.Crop;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.PatchPrediction;
import io.patchstream.trainer.objective.LossKind;
import io.patchstream.trainer.objective.MaskedTarget;
import io.patchstream.trainer.objective.ObjectiveKind;
import io.patchstream.trainer.optimise.Schedule;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
                key = "split",
                value = "SAFE",
                says = "How hold-out and dev-share divide: SAFE keeps near-duplicates and neighbouring frames together,"
                        + " RANDOM does not.")
        SplitKind split,

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

        @Setting(
                key = "model",
                value = "CCT-2/3x2",
                says =
                        "The architecture's name, such as ViT-B/16 or CCT-7/3x1, and options after it: ViT-S/16 pooling=MAP registers=4.")
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
                says =
                        "Channels of a convolutional tokenizer's first layers, or of a ResNet's root (multiples of 32); 0 for"
                                + " the architecture's own.")
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

        @Setting(
                key = "crop",
                value = "NONE",
                says =
                        "What training sees of a picture. NONE: what the model will see. RANDOM: a place in the picture at"
                                + " resize-to. INCEPTION: a part of 5 to 100 % of its area, brought to size, as the paper's code does.")
        Crop.Kind crop,

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

        @Setting(
                key = "aug-reg",
                value = "NONE",
                says =
                        "Steiner et al. 2021: LIGHT1, LIGHT2, MEDIUM1, MEDIUM2, STRONG1 or STRONG2 set rand-augment and mixup"
                                + " where those are 0.")
        AugReg augReg,

        @Setting(
                key = "objective",
                value = "CLASSIFICATION",
                says =
                        "CLASSIFICATION, or MASKED_PATCHES: the paper's self-supervision, which does not look at labels; go on"
                                + " from its model with from.")
        ObjectiveKind objective,

        @Setting(
                key = "masked-target",
                value = "MEAN_COLOUR",
                says =
                        "Of masked patches: MEAN_COLOUR (the paper's choice), COLOURS_4X4 of 4 x 4 cells, or PIXELS by least squares.")
        MaskedTarget maskedTarget,

        @Setting(
                key = "loss",
                value = "SOFTMAX",
                says = "SOFTMAX, or SIGMOID as in the paper's pre-training on ImageNet-21k and JFT.")
        LossKind loss,

        @Setting(
                key = "head-bias",
                value = "0",
                says = "Where the head's bias begins; -10 suits SIGMOID with thousands of classes.")
        double headBias,

        @Setting(
                key = "teacher",
                value = "",
                says = "Folder of a trained model to learn from as well (distillation); empty for none.")
        String teacher,

        @Setting(key = "teacher-weight", value = "0.9", says = "The teacher's share of the loss, from 0 to 1.")
        double teacherWeight,

        @Setting(key = "teacher-temperature", value = "2", says = "Of teacher and student in the teacher's share.")
        double teacherTemperature,

        @Setting(key = "optimiser", value = "ADAMW", says = "ADAMW, MUON or SGD.")
        OptimiserKind optimiser,

        @Setting(key = "learning-rate", value = "0.001", says = "The highest learning rate.")
        double learningRate,

        @Setting(
                key = "learning-rates",
                value = "",
                says =
                        "Highest learning rates to choose from, separated by commas: each is tried on all but dev-share of"
                                + " the examples, and the best on that share is trained with on all. Empty: learning-rate.")
        String learningRates,

        @Setting(
                key = "dev-share",
                value = "0.1",
                says = "Share of training examples that learning rates are chosen on (the paper: 0.01 to 0.1).")
        double devShare,

        @Setting(
                key = "schedule",
                value = "COSINE",
                says = "COSINE, LINEAR, RSQRT, STAIR or CONSTANT, after the warm-up.")
        Schedule.Decay schedule,

        @Setting(
                key = "stairs",
                value = "0.3,0.6,0.9",
                says = "Where STAIR falls to a tenth, as shares of all steps, separated by commas.")
        String stairs,

        @Setting(key = "warm-up-epochs", value = "1", says = "Epochs of linear warm-up.")
        double warmUpEpochs,

        @Setting(key = "warm-up-steps", value = "0", says = "Steps of linear warm-up; 0 for warm-up-epochs.")
        long warmUpSteps,

        @Setting(
                key = "cool-down-steps",
                value = "0",
                says = "Steps at the end in which the rate falls to 0 in a line.")
        long coolDownSteps,

        @Setting(
                key = "layer-decay",
                value = "1",
                says =
                        "Factor on the learning rate from each block to the one before it; 1 for none, 0.65 to 0.9 are usual.")
        double layerDecay,

        @Setting(
                key = "train-last",
                value = "-1",
                says =
                        "How many of the last blocks learn besides norm and head; 0 for the head alone, -1 for everything.")
        int trainLast,

        @Setting(
                key = "cache-mb",
                value = "0",
                says =
                        "With train-last: megabytes of disk for what the blocks that do not learn make of each picture; it is"
                                + " computed once. 0 for none.")
        int cacheMb,

        @Setting(
                key = "sam",
                value = "0",
                says =
                        "Rho of sharpness-aware minimisation (Foret et al. 2021), 0.05 to 0.6; 0 for none. Doubles the cost.")
        double sam,

        @Setting(
                key = "gsam",
                value = "0",
                says = "With sam: alpha of the surrogate gap (GSAM, Zhuang et al. 2022), 0.1 to 0.6; 0 for none.")
        double gsam,

        @Setting(
                key = "sam-least",
                value = "-1",
                says = "What sam falls to with the learning rate, by GSAM's schedule; -1 for sam throughout.")
        double samLeast,

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

        @Setting(key = "steps", value = "0", says = "How many steps in all; 0 for epochs.")
        long steps,

        @Setting(key = "batch-size", value = "128", says = "B, over all processes.")
        int batchSize,

        @Setting(
                key = "micro-batch",
                value = "0",
                says = "Pictures that are in memory at a time; their gradients add up to the batch's. 0 for all.")
        int microBatch,

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
        int evaluateEpochs,

        @Setting(
                key = "early-stop",
                value = "0",
                says =
                        "Evaluations on the hold-out, in a row, that may be no better than the best before training stops; the"
                                + " best is what is written. 0 for none.")
        int earlyStop) {

    /** How examples are divided. */
    public enum SplitKind {
        SAFE,
        RANDOM
    }

    /** Which optimiser. */
    public enum OptimiserKind {
        ADAMW,
        MUON,
        SGD
    }

    /** How much augmentation, as Steiner et al. 2021 name it: two operations of RandAugment, and mixup. */
    public enum AugReg {
        NONE(0, 0, 0),
        LIGHT1(2, 0, 0),
        LIGHT2(2, 10, 0.2),
        MEDIUM1(2, 15, 0.2),
        MEDIUM2(2, 15, 0.5),
        STRONG1(2, 20, 0.5),
        STRONG2(2, 20, 0.8);

        private final int operations;
        private final double magnitude;
        private final double mixup;

        AugReg(int operations, double magnitude, double mixup) {
            this.operations = operations;
            this.magnitude = magnitude;
            this.mixup = mixup;
        }
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
        check(
                problems,
                crop != Crop.Kind.RANDOM || resizeTo > imageSize,
                "resize-to",
                resizeTo,
                "over image-size with crop RANDOM");
        check(
                problems,
                positive(stairs)
                        .filter(all -> all.stream().allMatch(stair -> stair < 1))
                        .isPresent(),
                "stairs",
                stairs,
                "numbers over 0, below 1");
        check(problems, batchSize >= 1, "batch-size", batchSize, "1 or more");
        check(problems, learningRate > 0, "learning-rate", learningRate, "over 0");
        check(
                problems,
                warmUpEpochs >= 0 && (steps > 0 || warmUpEpochs <= epochs),
                "warm-up-epochs",
                warmUpEpochs,
                "0 to epochs");
        check(problems, steps >= 0, "steps", steps, "0 or more");
        check(problems, warmUpSteps >= 0, "warm-up-steps", warmUpSteps, "0 or more");
        check(problems, coolDownSteps >= 0, "cool-down-steps", coolDownSteps, "0 or more");
        check(problems, layerDecay > 0 && layerDecay <= 1, "layer-decay", layerDecay, "over 0, at most 1");
        check(problems, trainLast >= -1, "train-last", trainLast, "-1 or more");
        check(
                problems,
                cacheMb == 0 || cacheMb > 0 && trainLast >= 0 && dropout == 0 && stochasticDepth == 0,
                "cache-mb",
                cacheMb,
                "0 or more, and with it train-last 0 or more, dropout 0 and stochastic-depth 0");
        check(problems, sam >= 0, "sam", sam, "0 or more");
        check(problems, gsam == 0 || gsam > 0 && sam > 0, "gsam", gsam, "0 or more, and with it sam over 0");
        check(
                problems,
                samLeast == -1 || samLeast >= 0 && samLeast <= sam && sam > 0,
                "sam-least",
                samLeast,
                "0 to sam, or -1");
        check(problems, microBatch >= 0, "micro-batch", microBatch, "0 or more");
        check(problems, teacherWeight >= 0 && teacherWeight <= 1, "teacher-weight", teacherWeight, "0 to 1");
        check(problems, teacherTemperature > 0, "teacher-temperature", teacherTemperature, "over 0");
        check(problems, devShare > 0 && devShare < 1, "dev-share", devShare, "over 0, below 1");
        check(problems, positive(learningRates).isPresent(), "learning-rates", learningRates, "numbers over 0");
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
        check(
                problems,
                earlyStop == 0
                        || earlyStop > 0
                                && holdOut > 0
                                && evaluateEpochs > 0
                                && objective == ObjectiveKind.CLASSIFICATION,
                "early-stop",
                earlyStop,
                "0 or more, and with it hold-out and evaluate-epochs over 0 and objective CLASSIFICATION");
        if (!problems.isEmpty()) {
            throw new RecipeException(problems);
        }
    }

    private static void check(List<String> problems, boolean good, String key, Object value, String range) {
        if (!good) {
            problems.add(key + " is " + value + "; it must be " + range);
        }
    }

    /** The learning rates to choose from; none when {@link #learningRate()} is given. */
    public List<Double> learningRateGrid() {
        return positive(learningRates).orElseThrow();
    }

    /** Where the schedule {@code STAIR} falls, as shares of all steps. */
    public List<Double> stairShares() {
        return positive(stairs).orElseThrow();
    }

    private static Optional<List<Double>> positive(String text) {
        try {
            List<Double> numbers = Stream.of(text.split(","))
                    .map(String::strip)
                    .filter(number -> !number.isEmpty())
                    .map(Double::valueOf)
                    .toList();
            return Optional.of(numbers).filter(all -> all.stream().allMatch(number -> number > 0));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Operations of RandAugment on each picture. */
    public int operations() {
        return randAugment > 0 ? randAugment : augReg.operations;
    }

    /** The strength of {@link #operations()}. */
    public double operationStrength() {
        return randAugment > 0 ? randAugmentMagnitude : augReg.magnitude;
    }

    /** Mixup's alpha; 0 for none. */
    public double mixupAlpha() {
        return mixup > 0 ? mixup : augReg.mixup;
    }

    /**
     * What the objective needs of a model besides its own parameters: it is trained with them, and not shipped.
     *
     * @throws IllegalArgumentException when its patches cannot be asked for the masked target
     */
    public Optional<PatchPrediction> prediction(ModelConfig config) {
        return objective == ObjectiveKind.MASKED_PATCHES
                ? Optional.of(new PatchPrediction(maskedTarget.outputs(config.imageSize() / config.gridSide())))
                : Optional.empty();
    }

    /** The architecture for {@code classes} classes. */
    public ModelConfig modelConfig(int classes) {
        ModelConfig named = ModelVariants.named(model, imageSize, classes);
        ModelConfig.Tokenizer tokenizer = channels > 0 ? named.tokenizer().withChannels(channels) : named.tokenizer();
        // BiT's last map is its embedding.
        int own = tokenizer instanceof ModelConfig.ResNet net && !net.hybrid()
                ? net.outputs(net.units().size() - 1)
                : named.hiddenSize();
        return new ModelConfig(
                named.name(),
                imageSize,
                tokenizer,
                or(hiddenSize, own),
                or(layers, named.layers()),
                or(heads, named.heads()),
                or(mlpSize, named.mlpSize()),
                classes,
                named.pooling(),
                gelu == GeluChoice.AUTO ? named.gelu() : ModelConfig.Gelu.valueOf(gelu.name()),
                named.layerNormEpsilon(),
                dropout,
                stochasticDepth,
                named.normalisation(),
                named.registers(),
                named.options());
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

    /** What training sees of a picture. */
    public Crop view() {
        return new Crop(crop, preprocessing(), resizeTo);
    }
}
