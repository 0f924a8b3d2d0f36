package io.patchstream.trainer.train;

import io.patchstream.trainer.augment.Augmentation;
import io.patchstream.trainer.augment.HorizontalFlip;
import io.patchstream.trainer.augment.Mixup;
import io.patchstream.trainer.augment.RandAugment;
import io.patchstream.trainer.augment.RandomCrop;
import io.patchstream.trainer.augment.RandomErasing;
import io.patchstream.trainer.augment.RandomPose;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.BatchStream;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.evaluate.Evaluation;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.model.Weights;
import io.patchstream.trainer.optimise.AdamW;
import io.patchstream.trainer.optimise.GradientClip;
import io.patchstream.trainer.optimise.Optimiser;
import io.patchstream.trainer.optimise.PolyakAverage;
import io.patchstream.trainer.optimise.Schedule;
import io.patchstream.trainer.optimise.Sgd;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.Autocast;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Pixels;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.vision.model.ModelLineage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains one model by one recipe, from the first step to the evaluated result. Killed at any moment, it goes on where it
 * last saved, to the same weights (to the same bits with one libtorch thread).
 *
 * <p>Used by one thread, once. {@link LibTorch#setUp} comes first.
 */
public final class Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    private static final int EVALUATION_BATCH = 250;

    private final Recipe recipe;
    private final TrainingData data;
    private final Path folder;
    private final Precision precision;
    private final int stepsPerEpoch;
    private final Schedule schedule;
    private final GradientClip clip;
    /** SHA-256 of the weights that training begins with; empty when they are random. */
    private final String parent;

    /**
     * @param folder where the state, the history and the model go
     * @throws IOException when the model to begin with cannot be read
     */
    public Trainer(Recipe recipe, TrainingData data, Path folder) throws IOException {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.precision = switch (recipe.precision()) {
            case AUTO -> LibTorch.fastest();
            case FP32 -> Precision.FP32;
            case BF16 -> Precision.BF16;
        };
        this.stepsPerEpoch = BatchStream.stepsPerEpoch(data.training(), recipe.batchSize());
        this.schedule = new Schedule(
                recipe.schedule(),
                recipe.learningRate(),
                Math.round(recipe.warmUpEpochs() * stepsPerEpoch),
                (long) recipe.epochs() * stepsPerEpoch);
        this.clip = new GradientClip(recipe.clipNorm());
        this.parent = recipe.from().isEmpty() ? "" : TrainedModel.sha256(Path.of(recipe.from()));
    }

    /**
     * Trains to the end, or from where an earlier run was stopped, and writes the model into the folder.
     *
     * @throws TrainingStoppedException when the loss is not finite
     */
    public TrainedModel train() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        RecipeReader.write(recipe, recipeFile(folder));
        ModelConfig config = recipe.modelConfig(data.training().labels().size());
        try (VisionTransformer model = new VisionTransformer(config, beginning(config));
                Optimiser optimiser = optimiser(model.weights());
                PolyakAverage polyak = new PolyakAverage(model.weights(), recipe.polyak())) {
            TrainingState state = new TrainingState(folder, fingerprint() + parent, model.weights(), optimiser, polyak);
            long first = state.resume();
            LOG.info(
                    "{} with {} parameters, {} examples, {} epochs of {} steps, {}, {} libtorch threads, from step {}",
                    config.name(),
                    model.weights().count(),
                    data.training().size(),
                    recipe.epochs(),
                    stepsPerEpoch,
                    precision,
                    torch.get_num_threads(),
                    first);
            try (BatchStream batches = new BatchStream(data.training(), batching(), first);
                    History history = History.open(folder, first);
                    Progress progress = new Progress(first, schedule.totalSteps(), stepsPerEpoch, recipe.batchSize())) {
                long savedNanos = System.nanoTime();
                for (long step = first; step < schedule.totalSteps(); step++) {
                    StepResult result = step(model, optimiser, polyak, batches.next(), step);
                    history.add(step, result.loss(), schedule.at(step), result.gradientNorm());
                    progress.step(step, result.loss(), result.right());

                    boolean epochEnds = (step + 1) % stepsPerEpoch == 0;
                    if (epochEnds
                            || System.nanoTime() - savedNanos
                                    > Duration.ofSeconds(recipe.saveSeconds()).toNanos()) {
                        history.flush();
                        state.save(step + 1);
                        savedNanos = System.nanoTime();
                    }
                    if (epochEnds && evaluates((step + 1) / stepsPerEpoch)) {
                        LOG.info("after epoch {} of {}:", (step + 1) / stepsPerEpoch, recipe.epochs());
                        trained(config, shipped(model, polyak)).write(folder);
                    }
                }
            }
            TrainedModel trained = trained(config, shipped(model, polyak));
            trained.write(folder);
            return trained;
        }
    }

    /** Where a training into {@code folder} notes its recipe, overrides included. */
    public static Path recipeFile(Path folder) {
        return folder.resolve("recipe.properties");
    }

    private record StepResult(double loss, double right, double gradientNorm) {}

    private StepResult step(
            VisionTransformer model, Optimiser optimiser, PolyakAverage polyak, Batch batch, long step) {
        try (PointerScope scope = new PointerScope()) {
            // Dropout draws from libtorch's generator: seeded by the step, a resumed run draws the same.
            torch.manual_seed(recipe.seed() * 1_000_003 + step);
            model.weights().gradient().zero_();
            Tensor pixels = Pixels.of(batch.pixels(), batch.size(), batch.side(), batch.side());
            Tensor targets = Pixels.targets(batch.targets(), batch.size());
            Tensor logits;
            try (Autocast cast = Autocast.of(precision)) {
                logits = model.logits(pixels, true).to(torch.ScalarType.Float); // [B, K]
            }
            Tensor loss = torch.cross_entropy_loss(logits, targets);
            double value = loss.item_double();
            if (!Double.isFinite(value)) {
                throw new TrainingStoppedException("the loss at step " + step + " is " + value
                        + ": lower learning-rate, raise warm-up-epochs, or set precision=fp32");
            }
            loss.backward();
            double gradientNorm = clip.apply(model.weights());
            optimiser.step(step, schedule.at(step));
            polyak.update(step);
            return new StepResult(value, right(logits, batch.labels()), gradientNorm);
        }
    }

    private static double right(Tensor logits, int[] labels) {
        int classes = (int) logits.size(1);
        float[] values = new float[labels.length * classes];
        logits.contiguous().data_ptr_float().get(values);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int j = 1; j < classes; j++) {
                best = values[i * classes + j] > values[i * classes + best] ? j : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        return right / (double) labels.length;
    }

    /** Random parameters, or the parent's; a head for other classes than the parent's begins anew. */
    private Map<String, HostTensor> beginning(ModelConfig config) throws IOException {
        Map<String, HostTensor> parameters = new LinkedHashMap<>(Initialisation.of(config, recipe.seed()));
        if (!recipe.from().isEmpty()) {
            TrainedModel parentModel = TrainedModel.read(Path.of(recipe.from()));
            boolean sameClasses = parentModel.labels().equals(data.training().labels());
            parentModel.parameters().forEach((name, tensor) -> {
                if (sameClasses || !name.startsWith("head.")) {
                    parameters.put(name, tensor);
                }
            });
        }
        return parameters;
    }

    private Optimiser optimiser(Weights weights) {
        return switch (recipe.optimiser()) {
            case ADAMW -> new AdamW(weights, recipe.beta1(), recipe.beta2(), recipe.weightDecay());
            case SGD -> new Sgd(weights, recipe.beta1(), recipe.weightDecay());
        };
    }

    private BatchStream.Settings batching() {
        List<Augmentation> steps = new ArrayList<>();
        if (recipe.poseDegrees() > 0 || recipe.poseScale() > 0) {
            steps.add(new RandomPose(recipe.poseDegrees(), recipe.poseScale(), recipe.cropPadding()));
        } else if (recipe.cropPadding() > 0) {
            steps.add(new RandomCrop(recipe.cropPadding()));
        }
        if (recipe.flip()) {
            steps.add(new HorizontalFlip());
        }
        if (recipe.randAugment() > 0) {
            steps.add(new RandAugment(recipe.randAugment(), recipe.randAugmentMagnitude()));
        }
        if (recipe.erasing() > 0) {
            steps.add(new RandomErasing(recipe.erasing()));
        }
        return new BatchStream.Settings(
                recipe.preprocessing(),
                Augmentation.chain(steps),
                recipe.mixup() > 0 ? Optional.of(new Mixup(recipe.mixup())) : Optional.empty(),
                recipe.labelSmoothing(),
                recipe.batchSize(),
                recipe.seed(),
                recipe.loaders());
    }

    private boolean evaluates(long epoch) {
        return recipe.evaluateEpochs() > 0 && epoch % recipe.evaluateEpochs() == 0 && epoch < recipe.epochs();
    }

    /** The parameters that are written: the average where the recipe has one. */
    private Map<String, HostTensor> shipped(VisionTransformer model, PolyakAverage polyak) {
        return recipe.polyak() > 0 ? model.weights().toHost(polyak.average()) : model.parameters();
    }

    private Map<String, Evaluation> evaluate(ModelConfig config, Map<String, HostTensor> parameters)
            throws IOException {
        Map<String, Evaluation> evaluations = new TreeMap<>();
        // In float32: what is shipped is measured, and bfloat16 is for training only.
        Evaluator evaluator = new Evaluator(recipe.preprocessing(), Precision.FP32, EVALUATION_BATCH);
        try (VisionTransformer model = new VisionTransformer(config, parameters)) {
            for (Map.Entry<String, Dataset> entry : data.evaluations().entrySet()) {
                evaluations.put(entry.getKey(), evaluator.evaluate(model, entry.getValue()));
            }
        }
        return evaluations;
    }

    private TrainedModel trained(ModelConfig config, Map<String, HostTensor> parameters) throws IOException {
        Map<String, Double> metrics = new TreeMap<>();
        evaluate(config, parameters).forEach((name, evaluation) -> {
            metrics.put(name, evaluation.top1());
            LOG.info("{}: {}", name, String.join(System.lineSeparator(), evaluation.report()));
        });
        ModelLineage lineage = new ModelLineage(
                data.training().manifestSha256(),
                parent,
                fingerprint(),
                recipe.seed(),
                metrics,
                TrainerVersion.current());
        return new TrainedModel(config, parameters, data.training().labels(), recipe.preprocessing(), lineage);
    }

    /** The recipe's name and the settings that decide the result. */
    private String fingerprint() {
        Map<String, String> values = RecipeReader.values(recipe);
        List.of(
                        "name",
                        "paper",
                        "command",
                        "cost",
                        "score",
                        "data",
                        "from",
                        "threads",
                        "loaders",
                        "save-seconds",
                        "evaluate-epochs")
                .forEach(values::remove);
        StringBuilder text = new StringBuilder(recipe.name());
        values.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
        return text.toString();
    }
}
