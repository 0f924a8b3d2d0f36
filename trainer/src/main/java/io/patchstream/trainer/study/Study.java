package io.patchstream.trainer.study;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Manifest;
import io.patchstream.trainer.data.Subset;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.evaluate.Answers;
import io.patchstream.trainer.evaluate.Evaluation;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.evaluate.Examination;
import io.patchstream.trainer.evaluate.Measurements.FewShot;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.MultiplyAdds;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.LearningRateGrid;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the cells of a study, each in a folder of its own. A cell that is done is not trained again, one that was stopped goes on;
 * one of other settings or data is refused.
 */
public final class Study {
    private static final Logger LOG = LoggerFactory.getLogger(Study.class);
    private static final int BATCH = 250;
    private static final int SHOTS = 5;
    /** Pictures of a class, at the mean, that the few are drawn from. */
    private static final int PER_CLASS = 50;

    private static final String RESULT = "cell.csv";
    private static final String IDENTITY = "cell.sha256";

    /**
     * A training to come.
     *
     * @param recipe with steps and seed
     */
    public record Plan(Variation variation, Recipe recipe, int examples) {
        String folder() {
            return variation.slug() + "-" + examples + "x" + recipe.steps() + "-seed" + recipe.seed();
        }
    }

    private final Dataset training;
    private final Dataset test;
    private final Dataset fewTraining;
    private final Dataset fewTest;
    private final Path folder;
    private final String dataSha256;

    /**
     * @param data whose first evaluation is measured on
     * @param transfer what few-shot heads are fitted to and measured on; may be {@code data}
     * @param mostTested pictures at most to measure on; 0 for all
     * @param folder of the study
     * @throws IOException when pictures cannot be read
     */
    public Study(TrainingData data, TrainingData transfer, int mostTested, Path folder) throws IOException {
        this.training = data.training();
        this.test = tested(data, mostTested);
        this.fewTest = transfer == data ? test : tested(transfer, mostTested);
        Dataset few = transfer.training();
        this.fewTraining = new NestedFractions(few, 0)
                .first(Math.min(few.size(), PER_CLASS * few.labels().size()));
        this.folder = folder;
        this.dataSha256 = new Manifest()
                .add(test.manifestSha256())
                .add(fewTraining.manifestSha256())
                .add(fewTest.manifestSha256())
                .sha256();
    }

    private static Dataset tested(TrainingData data, int most) {
        return Subset.atMost(data.evaluations().values().iterator().next(), most, 0);
    }

    /**
     * Trains what is not done yet.
     *
     * @return a cell for each plan
     * @throws IllegalArgumentException when a plan's model cannot be, or it asks for more examples than there are; before anything is
     *     trained
     * @throws InterruptedException when the thread is interrupted; the cell under way goes on the next time
     */
    public List<Cell> run(List<Plan> plans) throws IOException, InterruptedException {
        plans.forEach(this::require);
        List<Cell> cells = new ArrayList<>();
        for (Plan plan : plans) {
            cells.add(cell(plan));
            LOG.info(
                    "{} of {} cells: {} on {} examples in {} steps, seed {}: top-1 {}",
                    cells.size(),
                    plans.size(),
                    plan.variation().name(),
                    plan.examples(),
                    plan.recipe().steps(),
                    plan.recipe().seed(),
                    cells.get(cells.size() - 1).top1());
        }
        return cells;
    }

    /**
     * @throws IllegalArgumentException when a plan's model cannot be, or it asks for more examples than there are
     */
    void require(Plan plan) {
        config(plan);
        if (plan.examples() < training.labels().size() || plan.examples() > training.size()) {
            throw new IllegalArgumentException(plan.variation().name() + ": " + plan.examples()
                    + " examples are asked for; there are " + training.size() + " of "
                    + training.labels().size()
                    + " classes: ask for at least one of each class, and no more than there are");
        }
        schedule(plan);
    }

    private static void schedule(Plan plan) {
        int batch = Math.min(plan.recipe().batchSize(), plan.examples());
        try {
            Trainer.schedule(plan.recipe(), plan.examples() / batch);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(plan.variation().name() + ": " + e.getMessage(), e);
        }
    }

    private ModelConfig config(Plan plan) {
        try {
            return plan.recipe().modelConfig(training.labels().size());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(plan.variation().name() + ": " + e.getMessage(), e);
        }
    }

    private Cell cell(Plan plan) throws IOException, InterruptedException {
        Path cellFolder = folder.resolve("cells").resolve(plan.folder());
        Dataset some = new NestedFractions(training, plan.recipe().seed()).first(plan.examples());
        String identity = identity(plan, some);
        Path noted = cellFolder.resolve(IDENTITY);
        if (Files.exists(noted) && !Files.readString(noted).equals(identity)) {
            throw new IOException(
                    cellFolder + " was trained with other settings or data: choose another --out, or remove it");
        }
        Path result = cellFolder.resolve(RESULT);
        if (Files.exists(result)) {
            return Cell.read(result).get(0);
        }
        Files.createDirectories(cellFolder);
        Files.writeString(noted, identity);
        // Measured once, below, with its embeddings.
        TrainingData data = new TrainingData(some, Map.of());
        Recipe chosen = LearningRateGrid.choose(plan.recipe(), some, cellFolder, new Alone());
        TrainedModel model = new Trainer(chosen, data, cellFolder, new Alone()).train();
        Cell cell = measure(plan, model);
        Path whole = cellFolder.resolve(RESULT + ".part");
        Cell.write(List.of(cell), whole);
        Files.move(whole, result, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return cell;
    }

    private Cell measure(Plan plan, TrainedModel model) throws IOException {
        Evaluator evaluator = new Evaluator(model.preprocessing(), Precision.FP32, BATCH);
        try (VisionTransformer network = new VisionTransformer(model.config(), model.parameters())) {
            Answers answers = evaluator.answers(network, test);
            Answers few = fewTest == test ? answers : evaluator.answers(network, fewTest);
            OptionalDouble fewShot =
                    Examination.fewShot(
                                    evaluator.answers(network, fewTraining),
                                    few,
                                    fewTraining.labels().size())
                            .stream()
                            .filter(shots -> shots.shots() == SHOTS)
                            .mapToDouble(FewShot::mean)
                            .findFirst();
            return new Cell(
                    plan.variation().name(),
                    plan.examples(),
                    plan.recipe().steps(),
                    Math.min(plan.recipe().batchSize(), plan.examples()),
                    plan.recipe().seed(),
                    ParameterLayout.of(model.config()).count(),
                    MultiplyAdds.of(model.config()),
                    answers.size(),
                    Evaluation.of(answers, model.labels()).top1(),
                    fewShot);
        }
    }

    /** Of all that decides the result. */
    private String identity(Plan plan, Dataset some) throws IOException {
        Map<String, String> values = RecipeReader.values(plan.recipe());
        List.of("name", "paper", "command", "cost", "score", "data", "threads", "loaders", "save-seconds")
                .forEach(values::remove);
        return new Manifest()
                .add(values.toString())
                .add(some.manifestSha256())
                .add(dataSha256)
                .sha256();
    }
}
