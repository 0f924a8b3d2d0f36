package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Example;
import io.patchstream.trainer.data.ExampleFiles;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.data.IdxDataset.Split;
import io.patchstream.trainer.data.ImageFolder;
import io.patchstream.trainer.data.ListedPictures;
import io.patchstream.trainer.data.Subset;
import io.patchstream.trainer.data.TwoViews;
import io.patchstream.trainer.divide.Division;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.Recipe.SplitKind;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.scene.SceneDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The data that a recipe asks for.
 *
 * @param training what the model learns from
 * @param evaluations what it is measured on, by the metric's name
 * @param division how the two were divided, when they were divided safely here
 */
public record TrainingData(Dataset training, Map<String, Dataset> evaluations, Optional<Division> division) {
    private static final String TOP1 = "top1";

    /** Data that need not be divided. */
    public TrainingData(Dataset training, Map<String, Dataset> evaluations) {
        this(training, evaluations, Optional.empty());
    }

    public TrainingData {
        evaluations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(evaluations));
    }

    /**
     * Finds and reads the data: a manifest or shards, IDX files, or a folder of pictures for each class under {@code train}
     * and {@code test}.
     *
     * @throws IOException when none of the recipe's folders has them, or an example is at fault; the message names all
     */
    public static TrainingData of(Recipe recipe) throws IOException {
        Path folder = folder(recipe.data());
        if (ExampleFiles.areIn(folder)) {
            return listed(recipe, folder);
        }
        return IdxDataset.isIn(folder, Split.TRAIN) ? grey(recipe, folder) : pictures(recipe, folder);
    }

    /**
     * The data of a folder as they are: without scenes, and all of the test split to evaluate on.
     *
     * @throws IOException when the folder has none
     */
    public static TrainingData in(Path folder) throws IOException {
        return of(RecipeReader.of(Map.of("name", "folder", "data", folder.toString())));
    }

    private static TrainingData grey(Recipe recipe, Path folder) throws IOException {
        IdxDataset train = IdxDataset.read(folder, Split.TRAIN);
        IdxDataset test = recipe.holdOut() > 0 ? train : IdxDataset.read(folder, Split.TEST);
        if (recipe.sceneShare() == 0) {
            return split(recipe, train, Map.of(TOP1, test));
        }
        Map<String, Dataset> evaluations = new LinkedHashMap<>();
        evaluations.put(TOP1, test);
        evaluations.put("top1-scene", new SceneDataset(test, recipe.sceneHeightEvaluated()));
        SceneDataset scenes = new SceneDataset(train, recipe.sceneHeight());
        return split(recipe, new TwoViews(train, scenes, recipe.sceneShare()), evaluations);
    }

    private static TrainingData listed(Recipe recipe, Path path) throws IOException {
        requireNoScenes(recipe, path);
        List<Example> all = ExampleFiles.read(path).examples();
        List<Example> train = in(all, "train");
        train = train.isEmpty() ? in(all, "") : train;
        List<Example> test = recipe.holdOut() > 0 ? train : in(all, "test");
        test = test.isEmpty() ? in(all, "val") : test;
        if (train.isEmpty() || test.isEmpty()) {
            throw new IOException(path + " has " + train.size() + " examples to train on and " + test.size()
                    + " to test on, by their split: divide it with ./patchstream data split, or set hold-out=0.1");
        }
        List<String> labels = ListedPictures.labels(train);
        ListedPictures training = new ListedPictures(train, labels);
        return split(recipe, training, Map.of(TOP1, train == test ? training : new ListedPictures(test, labels)));
    }

    private static List<Example> in(List<Example> examples, String split) {
        return examples.stream()
                .filter(example -> example.row().split().equals(split))
                .toList();
    }

    private static void requireNoScenes(Recipe recipe, Path path) throws IOException {
        if (recipe.sceneShare() > 0) {
            throw new IOException("scene-share needs IDX data of 28 x 28 pixels; " + path + " has pictures");
        }
    }

    private static TrainingData pictures(Recipe recipe, Path folder) throws IOException {
        requireNoScenes(recipe, folder);
        ImageFolder train = ImageFolder.read(folder.resolve("train"));
        ImageFolder test = recipe.holdOut() > 0 ? train : ImageFolder.read(folder.resolve("test"));
        if (!test.labels().equals(train.labels())) {
            throw new IOException(folder + " has the classes " + train.labels() + " in train and " + test.labels()
                    + " in test; they must be the same");
        }
        return split(recipe, train, Map.of(TOP1, test));
    }

    /** With a hold-out, {@code training} and {@code evaluations} are views of the same examples, which are now divided. */
    private static TrainingData split(Recipe recipe, Dataset training, Map<String, Dataset> evaluations)
            throws IOException {
        return recipe.holdOut() == 0
                ? new TrainingData(training, evaluations)
                : heldOut(recipe, recipe.holdOut(), training, evaluations);
    }

    /** A share of the examples to evaluate on, and the rest to train on, as the recipe says. */
    static TrainingData heldOut(Recipe recipe, double share, Dataset training, Map<String, Dataset> evaluations)
            throws IOException {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        if (recipe.split() == SplitKind.RANDOM) {
            evaluations.forEach((name, dataset) -> parts.put(name, Subset.split(dataset, share, true, recipe.seed())));
            return new TrainingData(Subset.split(training, share, false, recipe.seed()), parts);
        }
        Division division = Division.holdOut(training, share, recipe.seed());
        evaluations.forEach((name, dataset) -> parts.put(name, Subset.of(dataset, division.part(0))));
        return new TrainingData(Subset.of(training, division.part(1)), parts, Optional.of(division));
    }

    private static Path folder(String search) throws IOException {
        List<Path> tried = new ArrayList<>();
        for (String part : search.split(";")) {
            String text = part.strip();
            if (!text.isEmpty()) {
                Path folder = text.startsWith("~/")
                        ? Path.of(System.getProperty("user.home"), text.substring(2))
                        : Path.of(text);
                if (ExampleFiles.areIn(folder)
                        || IdxDataset.isIn(folder, Split.TRAIN)
                        || ImageFolder.isIn(folder.resolve("train"))) {
                    return folder;
                }
                tried.add(folder);
            }
        }
        throw new IOException("the training data are in none of " + tried
                + ": give their folder with --set data=FOLDER; it holds a manifest or .tar shards, IDX files, or"
                + " train/CLASS/PICTURE and test/CLASS/PICTURE; docs/data.md (Fashion-MNIST: the four .gz files of"
                + " github.com/zalandoresearch/fashion-mnist, or Debian's dataset-fashion-mnist)");
    }
}
