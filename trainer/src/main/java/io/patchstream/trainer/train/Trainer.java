package io.patchstream.trainer.train;

import io.patchstream.trainer.augment.Augmentation;
import io.patchstream.trainer.augment.HorizontalFlip;
import io.patchstream.trainer.augment.Mixup;
import io.patchstream.trainer.augment.RandAugment;
import io.patchstream.trainer.augment.RandomCrop;
import io.patchstream.trainer.augment.RandomErasing;
import io.patchstream.trainer.augment.RandomPose;
import io.patchstream.trainer.data.BatchStream;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.distributed.Collective;
import io.patchstream.trainer.evaluate.Evaluation;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.PatchPrediction;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.objective.ObjectiveKind;
import io.patchstream.trainer.optimise.Schedule;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
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
    private final Collective collective;
    private final Precision precision;
    private final int stepsPerEpoch;
    private final Schedule schedule;
    /** SHA-256 of the weights that training begins with; empty when they are random. */
    private final String parent;
    /** SHA-256 of the teacher's weights; empty without one. */
    private final String teacher;

    /**
     * @param folder where the state, the history and the model go; rank 0 alone writes
     * @param collective the processes that train together; borrowed
     * @throws IOException when the model to begin with, or the teacher, cannot be read
     */
    public Trainer(Recipe recipe, TrainingData data, Path folder, Collective collective) throws IOException {
        this.recipe = recipe;
        this.data = data;
        this.folder = folder;
        this.collective = collective;
        this.precision = switch (recipe.precision()) {
            case AUTO -> LibTorch.fastest();
            case FP32 -> Precision.FP32;
            case BF16 -> Precision.BF16;
        };
        this.stepsPerEpoch = BatchStream.stepsPerEpoch(data.training(), recipe.batchSize());
        this.schedule = schedule(recipe, stepsPerEpoch);
        this.parent = sha256(recipe.from());
        this.teacher = sha256(recipe.teacher());
    }

    /**
     * The learning rates of a recipe's steps.
     *
     * @throws IllegalArgumentException when the warm-up is longer than the training
     */
    public static Schedule schedule(Recipe recipe, int stepsPerEpoch) {
        return new Schedule(
                recipe.schedule(),
                recipe.learningRate(),
                recipe.warmUpSteps() > 0 ? recipe.warmUpSteps() : Math.round(recipe.warmUpEpochs() * stepsPerEpoch),
                recipe.coolDownSteps(),
                recipe.steps() > 0 ? recipe.steps() : (long) recipe.epochs() * stepsPerEpoch,
                recipe.stairShares());
    }

    private static String sha256(String folder) throws IOException {
        return folder.isEmpty() ? "" : TrainedModel.sha256(Path.of(folder));
    }

    /**
     * Trains to the end, or from where an earlier run was stopped, and writes the model into the folder.
     *
     * @return the model; its metrics are rank 0's to know
     * @throws TrainingStoppedException when the loss is not finite
     * @throws InterruptedException when the thread is interrupted; the state is saved after the step under way
     */
    public TrainedModel train() throws IOException, InterruptedException {
        boolean first = collective.rank().first();
        if (first) {
            Files.createDirectories(folder);
            RecipeReader.write(recipe, recipeFile(folder));
        }
        ModelConfig config = recipe.modelConfig(data.training().labels().size());
        Map<String, HostTensor> beginning =
                new Beginning(recipe, config).parameters(data.training().labels());
        try (VisionTransformer model = new VisionTransformer(config, recipe.prediction(config), beginning);
                Learning learning = new Learning(recipe, model, data.training().labels(), precision, folder);
                TrainingStep training =
                        new TrainingStep(recipe, model, learning.objective(), collective, batchSize())) {
            TrainingState state = training.state(folder, fingerprint() + parent);
            long saved = first ? state.resume() : 0;
            EarlyStop stop = EarlyStop.of(recipe.earlyStop(), first ? state.notes() : Map.of());
            long begin = state.share(collective, stop.over() ? schedule.totalSteps() : saved);
            LOG.info(
                    "{} with {} parameters, {} examples, {} steps of {} pictures, {}, {} libtorch threads,"
                            + " rank {} of {}, from step {}",
                    config.name(),
                    model.weights().count(),
                    data.training().size(),
                    schedule.totalSteps(),
                    batchSize(),
                    precision,
                    torch.get_num_threads(),
                    collective.rank().rank(),
                    collective.rank().worldSize(),
                    begin);
            try (BatchStream batches = new BatchStream(data.training(), batching(), begin);
                    RunRecord record =
                            RunRecord.open(first, folder, begin, schedule.totalSteps(), stepsPerEpoch, batchSize())) {
                long savedNanos = System.nanoTime();
                for (long step = begin; step < schedule.totalSteps(); step++) {
                    TrainingStep.Result result = training.take(batches.next(), step, schedule.at(step));
                    record.step(step, result.means(), schedule.at(step), result.gradientNorm());

                    boolean epochEnds = (step + 1) % stepsPerEpoch == 0 || isLast(step);
                    boolean judges = stop.asked() && epochEnds && (evaluates(step + 1) || isLast(step));
                    if (judges && first) { // before the state is saved, so that a run killed meanwhile does it again
                        stop = judged(stop, trained(config, shipped(model, training.average())));
                    }
                    boolean over = judges && stop.agreed(collective);
                    boolean stopped = Thread.interrupted();
                    if (first && (epochEnds || stopped || isTimeToSave(savedNanos))) {
                        record.flush();
                        state.save(step + 1, stop.notes());
                        savedNanos = System.nanoTime();
                    }
                    if (stopped) {
                        throw new InterruptedException("stopped after step " + (step + 1));
                    }
                    if (over) {
                        break;
                    }
                    if (first && !stop.asked() && epochEnds && evaluates(step + 1)) {
                        LOG.info("after epoch {}:", (step + 1) / stepsPerEpoch);
                        trained(config, shipped(model, training.average())).write(folder);
                    }
                }
            }
            if (first && stop.asked()) {
                LOG.info(
                        "the best of what was evaluated, {} right, is what is kept; {} evaluations after it were no better",
                        stop.best(),
                        stop.since());
                return TrainedModel.read(folder);
            }
            TrainedModel trained = trained(config, shipped(model, training.average()));
            if (first) {
                trained.write(folder);
            }
            return trained;
        }
    }

    private boolean isLast(long step) {
        return step + 1 == schedule.totalSteps();
    }

    /** With the model written when it is the best so far, by the first thing that it is measured on. */
    private EarlyStop judged(EarlyStop stop, TrainedModel model) throws IOException {
        String measured = data.evaluations().keySet().iterator().next();
        EarlyStop now = stop.after(model.lineage().metrics().get(measured));
        if (now.bettered()) {
            model.write(folder);
        }
        return now;
    }

    /** Where a training into {@code folder} notes its recipe, overrides included. */
    public static Path recipeFile(Path folder) {
        return folder.resolve("recipe.properties");
    }

    private int batchSize() {
        return Math.min(recipe.batchSize(), data.training().size());
    }

    private boolean isTimeToSave(long savedNanos) {
        return System.nanoTime() - savedNanos
                > Duration.ofSeconds(recipe.saveSeconds()).toNanos();
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
        if (recipe.operations() > 0) {
            steps.add(new RandAugment(recipe.operations(), recipe.operationStrength()));
        }
        if (recipe.erasing() > 0) {
            steps.add(new RandomErasing(recipe.erasing()));
        }
        return new BatchStream.Settings(
                recipe.view(),
                Augmentation.chain(steps),
                recipe.mixupAlpha() > 0 ? Optional.of(new Mixup(recipe.mixupAlpha())) : Optional.empty(),
                recipe.labelSmoothing(),
                recipe.batchSize(),
                new BatchStream.Part(collective.rank().rank(), collective.rank().worldSize()),
                recipe.seed(),
                recipe.loaders());
    }

    private boolean evaluates(long stepsDone) {
        return recipe.evaluateEpochs() > 0
                && stepsDone % ((long) recipe.evaluateEpochs() * stepsPerEpoch) == 0
                && stepsDone < schedule.totalSteps();
    }

    /** The parameters that are written: the model's own, of the average where the recipe has one. */
    private Map<String, HostTensor> shipped(VisionTransformer model, Tensor average) {
        Map<String, HostTensor> parameters =
                new LinkedHashMap<>(recipe.polyak() > 0 ? model.weights().toHost(average) : model.parameters());
        parameters.keySet().removeIf(PatchPrediction::has);
        return parameters;
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
        // A model that learned without labels has a head of zeros, whose accuracy says nothing.
        if (collective.rank().first() && recipe.objective() == ObjectiveKind.CLASSIFICATION) {
            evaluate(config, parameters).forEach((name, evaluation) -> {
                metrics.put(name, evaluation.top1());
                LOG.info("{}: {}", name, String.join(System.lineSeparator(), evaluation.report()));
            });
        }
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
                        "teacher",
                        "learning-rates",
                        "dev-share",
                        "threads",
                        "loaders",
                        "save-seconds",
                        "cache-mb",
                        "evaluate-epochs")
                .forEach(values::remove);
        if (recipe.earlyStop() == 0) {
            values.remove("early-stop");
        } else {
            values.put("evaluate-epochs", Integer.toString(recipe.evaluateEpochs()));
        }
        if (recipe.holdOut() == 0) {
            values.remove("split");
        }
        if (recipe.gsam() == 0) {
            values.remove("gsam");
        }
        if (recipe.samLeast() < 0) {
            values.remove("sam-least");
        }
        if (recipe.objective() != ObjectiveKind.MASKED_PATCHES) {
            values.remove("masked-target");
        }
        if (!teacher.isEmpty()) {
            values.put("teacher-sha256", teacher);
        }
        StringBuilder text = new StringBuilder(recipe.name());
        values.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
        return text.toString();
    }
}
