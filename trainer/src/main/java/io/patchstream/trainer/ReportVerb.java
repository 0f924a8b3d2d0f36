package io.patchstream.trainer;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.divide.DivisionReport;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.evaluate.Measurements;
import io.patchstream.trainer.evaluate.Measurements.Mistake;
import io.patchstream.trainer.evaluate.MeasurementsText;
import io.patchstream.trainer.inspect.AttentionMaps;
import io.patchstream.trainer.inspect.Canvas;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.report.TrainingReport;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code report}: a training as one HTML file. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "A training as one HTML file: curves, what evaluate measured, worst examples, lineage.")
final class ReportVerb implements Callable<Integer> {
    private static final int PIXELS_ACROSS = 112;

    @Spec
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "DIR", description = "A folder that train wrote.")
    private Path folder;

    @Option(names = "--out", paramLabel = "FILE", description = "report.html in that folder when not given.")
    private Path out;

    @Override
    public Integer call() {
        try {
            TrainedModel model = TrainedModel.read(folder);
            Path figures = folder.resolve(EvaluateVerb.FILE);
            Path own = Trainer.recipeFile(folder);
            if (!Files.exists(figures) || !Files.exists(own)) {
                throw new IOException(folder + " has no " + (Files.exists(own) ? figures : own).getFileName()
                        + ": train writes the recipe, and evaluate --from " + folder + " the figures");
            }
            Recipe recipe = RecipeReader.read(own.toString(), Map.of());
            TrainingReport report = new TrainingReport(model, RecipeReader.values(recipe));
            Path divided = division(recipe);
            if (divided != null) {
                report.division(DivisionReport.read(divided).lines());
            }
            Path history = folder.resolve("history.csv");
            if (Files.exists(history)) {
                report.history(history);
            }
            for (Measurements measured : Measurements.read(figures)) {
                report.measured(measured, MeasurementsText.of(measured));
                worst(report, model, measured, recipe);
            }
            Path file = out == null ? folder.resolve("report.html") : out;
            Files.writeString(file, report.html());
            spec.commandLine().getOut().println("report: " + file);
            return 0;
        } catch (RecipeException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
    }

    /** What train noted of a hold-out, or {@code data split} of the manifest; null when neither did. */
    private Path division(Recipe recipe) {
        Path own = folder.resolve(TrainVerb.DIVISION);
        Path manifests = Path.of(recipe.data().strip() + DataSplitVerb.REPORT_ENDING);
        return recipe.holdOut() > 0 && Files.exists(own) ? own : Files.exists(manifests) ? manifests : null;
    }

    private static void worst(TrainingReport report, TrainedModel model, Measurements measured, Recipe recipe)
            throws IOException {
        List<Mistake> mistakes = measured.worst() == null ? List.of() : measured.worst();
        LibTorch.setUp(recipe.threads());
        Dataset dataset = TrainingData.of(recipe).evaluations().get(measured.dataset());
        if (mistakes.isEmpty() || dataset == null || dataset.size() != measured.examples()) {
            return;
        }
        report.pictures("Wrong and sure: " + measured.dataset() + ", with attention rollout");
        Evaluator evaluator = new Evaluator(model.preprocessing(), Precision.FP32, 1);
        try (VisionTransformer transformer = new VisionTransformer(model.config(), model.parameters())) {
            for (Mistake mistake : mistakes) {
                Batch one = Batch.prepared(dataset, model.preprocessing(), mistake.index());
                double[] shares = AttentionMaps.rollout(evaluator.observe(transformer, one.pixels(), 1), 0);
                RgbImage image = new RgbImage(one.side(), one.side(), one.pixels());
                report.mistake(mistake, Canvas.overlay(image, shares, Math.max(1, PIXELS_ACROSS / one.side())));
            }
        }
    }
}
