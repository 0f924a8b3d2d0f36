package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.distributed.Collective;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the learning rate as the paper does (app. B.1.1): each of a few is tried on a part of the training examples and
 * measured on the rest; then all of them are trained on with the best. The test set is not looked at.
 */
public final class LearningRateGrid {
    private static final Logger LOG = LoggerFactory.getLogger(LearningRateGrid.class);
    private static final String DEV = "dev-top1";

    private LearningRateGrid() {}

    /**
     * The recipe with the best of its learning rates; itself when it has no grid. Each trial has a folder of its own under
     * {@code folder/grid}, so that a run that was stopped goes on where it was.
     *
     * @throws TrainingStoppedException when no rate gave a finite loss
     */
    public static Recipe choose(Recipe recipe, Dataset training, Path folder, Collective collective)
            throws IOException, InterruptedException {
        List<Double> rates = recipe.learningRateGrid();
        if (rates.isEmpty()) {
            return recipe;
        }
        TrainingData trial = TrainingData.heldOut(recipe, recipe.devShare(), training, Map.of(DEV, training));
        double[] scores = new double[rates.size()];
        List<String> lines = new ArrayList<>(List.of("learning_rate," + DEV));
        for (int i = 0; i < scores.length; i++) {
            Recipe candidate = with(recipe, rates.get(i));
            scores[i] = score(candidate, trial, folder.resolve("grid").resolve("rate-" + rates.get(i)), collective);
            lines.add(rates.get(i) + "," + scores[i]);
            LOG.info("learning rate {}: {} {}", rates.get(i), DEV, scores[i]);
        }
        int best = best(scores, collective);
        if (collective.rank().first()) {
            Files.write(folder.resolve("grid.csv"), lines);
            LOG.info(
                    "learning rate {} is the best of {} on {} held-out examples",
                    rates.get(best),
                    rates,
                    trial.evaluations().get(DEV).size());
        }
        return with(recipe, rates.get(best));
    }

    /** A rate that diverges is no choice, and no reason to stop. */
    private static double score(Recipe candidate, TrainingData trial, Path folder, Collective collective)
            throws IOException, InterruptedException {
        try {
            return new Trainer(candidate, trial, folder, collective)
                    .train()
                    .lineage()
                    .metrics()
                    .getOrDefault(DEV, 0.0);
        } catch (TrainingStoppedException e) {
            LOG.warn("learning rate {} is out: {}", candidate.learningRate(), e.getMessage());
            return Double.NEGATIVE_INFINITY;
        }
    }

    /** The index of the highest score, the lower rate among equals; rank 0 decides, since it alone evaluates. */
    private static int best(double[] scores, Collective collective) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor chosen = torch.from_blob(
                            new FloatPointer((float) (scores[best] == Double.NEGATIVE_INFINITY ? -1 : best)),
                            new long[] {1},
                            new TensorOptions(torch.ScalarType.Float))
                    .clone();
            collective.broadcast(chosen);
            best = (int) chosen.item_double();
        }
        if (best < 0) {
            throw new TrainingStoppedException("no learning rate of the grid gave a finite loss: give lower ones");
        }
        return best;
    }

    private static Recipe with(Recipe recipe, double rate) {
        Map<String, String> values = RecipeReader.values(recipe);
        values.put("learning-rate", Double.toString(rate));
        values.put("learning-rates", "");
        return RecipeReader.of(values);
    }
}
