package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.data.IdxDataset.Split;
import io.patchstream.trainer.data.SceneDataset;
import io.patchstream.trainer.data.Subset;
import io.patchstream.trainer.data.TwoViews;
import io.patchstream.trainer.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The data that a recipe asks for.
 *
 * @param training what the model learns from
 * @param evaluations what it is measured on, by the metric's name
 */
public record TrainingData(Dataset training, Map<String, Dataset> evaluations) {

    public TrainingData {
        evaluations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(evaluations));
    }

    /**
     * Finds and reads the data.
     *
     * @throws IOException when none of the recipe's folders has them; the message names all
     */
    public static TrainingData of(Recipe recipe) throws IOException {
        Path folder = folder(recipe.data());
        IdxDataset train = IdxDataset.read(folder, Split.TRAIN);
        IdxDataset test = IdxDataset.read(folder, Split.TEST);
        Dataset training = train;
        Map<String, Dataset> evaluations = new LinkedHashMap<>();
        boolean scenes = recipe.sceneShare() > 0;
        if (scenes) {
            training = new TwoViews(train, new SceneDataset(train, recipe.sceneHeight()), recipe.sceneShare());
        }
        boolean heldOut = recipe.holdOut() > 0;
        IdxDataset evaluated = heldOut ? train : test;
        evaluations.put("top1", part(evaluated, recipe));
        if (scenes) {
            evaluations.put("top1-scene", part(new SceneDataset(evaluated, recipe.sceneHeightEvaluated()), recipe));
        }
        if (heldOut) {
            training = Subset.split(training, recipe.holdOut(), false, recipe.seed());
        }
        return new TrainingData(training, evaluations);
    }

    private static Dataset part(Dataset dataset, Recipe recipe) {
        return recipe.holdOut() > 0 ? Subset.split(dataset, recipe.holdOut(), true, recipe.seed()) : dataset;
    }

    private static Path folder(String search) throws IOException {
        List<Path> tried = new ArrayList<>();
        for (String part : search.split(";")) {
            String text = part.strip();
            if (!text.isEmpty()) {
                Path folder = text.startsWith("~/")
                        ? Path.of(System.getProperty("user.home"), text.substring(2))
                        : Path.of(text);
                if (IdxDataset.isIn(folder, Split.TRAIN)) {
                    return folder;
                }
                tried.add(folder);
            }
        }
        throw new IOException("the training data are in none of " + tried
                + ": give their folder with --set data=FOLDER (Fashion-MNIST: the four .gz files of"
                + " github.com/zalandoresearch/fashion-mnist, or Debian's dataset-fashion-mnist)");
    }
}
