package io.patchstream.trainer.train;

import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.Precision;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A recipe for a time budget: what this machine can do is measured for about a second, and the most demanding way of training
 * that still sees every picture often enough is taken. Every way that was looked at is told, with its reason.
 */
public final class AutoRecipe {
    /** Of the budget, for evaluation, saving and what a second's measurement does not show. */
    private static final double RESERVE = 0.2;

    private AutoRecipe() {}

    /**
     * A way of training.
     *
     * @param name for people
     * @param settings of a recipe
     * @param wantedEpochs how often it must see a picture to be worth its cost
     * @param mostEpochs more are no better
     */
    record Way(String name, Map<String, String> settings, int wantedEpochs, int mostEpochs) {
        Way {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * What a way costs here.
     *
     * @param once seconds for each picture, once
     * @param perEpoch seconds for each picture in each epoch
     */
    record Measured(Way way, Precision precision, double once, double perEpoch) {
        /** Epochs that fit. */
        double epochs(Duration budget, int pictures) {
            double seconds = budget.toMillis() / 1e3 * (1 - RESERVE);
            return (seconds - once * pictures) / (perEpoch * pictures);
        }
    }

    /**
     * A recipe and why.
     *
     * @param reasons a sentence for each way that was looked at, and the choice
     */
    public record Choice(Recipe recipe, List<String> reasons) {
        public Choice {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Measures and chooses.
     *
     * @param settings the user's, which go before all that is chosen; {@code data} among them, and {@code from} for a parent
     * @throws IOException when a picture or the parent cannot be read
     */
    public static Choice choose(Map<String, String> settings, TrainingData data, Duration budget) throws IOException {
        String from = settings.getOrDefault("from", "");
        RgbImage picture = data.training().image(0, 0);
        int nativeSide = Math.min(picture.height(), picture.width());
        List<Way> ways = from.isEmpty()
                ? TrainingWays.fromScratch(nativeSide)
                : TrainingWays.from(TrainedModel.read(Path.of(from)).config());
        SpeedProbe probe = new SpeedProbe(data.training(), ways.size());
        List<Measured> measured = new ArrayList<>();
        for (Way way : ways) {
            measured.add(probe.measure(way, settings));
        }
        return choose(settings, measured, data.training().size(), budget);
    }

    /**
     * The first way that sees each picture often enough; if there is none, the one that comes nearest to that.
     *
     * @param measured the most demanding first
     */
    static Choice choose(Map<String, String> settings, List<Measured> measured, int pictures, Duration budget) {
        List<String> reasons = new ArrayList<>();
        Optional<Measured> fitting = Optional.empty();
        for (Measured each : measured) {
            double epochs = Math.max(0, each.epochs(budget, pictures));
            boolean enough = epochs >= each.way().wantedEpochs();
            reasons.add(String.format(
                    Locale.ROOT,
                    "%s in %s: %.0f pictures/s%s, so %.1f epochs of %d pictures in %d s less %.0f %%; %d are wanted: %s",
                    each.way().name(),
                    each.precision(),
                    1 / each.perEpoch(),
                    each.once() > 0 ? String.format(Locale.ROOT, " after %.0f/s once", 1 / each.once()) : "",
                    epochs,
                    pictures,
                    budget.toSeconds(),
                    100 * RESERVE,
                    each.way().wantedEpochs(),
                    enough ? "enough" : "too few"));
            fitting = fitting.isEmpty() && enough ? Optional.of(each) : fitting;
        }
        Measured chosen = fitting.orElseGet(() -> measured.stream()
                .max(Comparator.comparingDouble(
                        each -> each.epochs(budget, pictures) / each.way().wantedEpochs()))
                .orElseThrow());
        double epochs = Math.min(chosen.way().mostEpochs(), chosen.epochs(budget, pictures));
        reasons.add("chosen: " + chosen.way().name() + " in " + chosen.precision() + " for "
                + (epochs >= 1 ? (int) epochs + " epochs" : "less than an epoch")
                + (fitting.isPresent()
                        ? ", the most demanding way that sees every picture often enough"
                        : ", which comes nearest; none sees every picture often enough: give a longer --budget"));
        return new Choice(RecipeReader.of(values(settings, chosen, epochs, pictures)), reasons);
    }

    private static Map<String, String> values(
            Map<String, String> settings, Measured chosen, double fitting, int pictures) {
        int epochs = (int) Math.max(1, fitting);
        Map<String, String> values = new TreeMap<>(chosen.way().settings());
        values.put("name", "auto");
        values.put("precision", chosen.precision().name());
        values.put("epochs", Integer.toString(epochs));
        values.put("warm-up-epochs", Double.toString(epochs / 10.0));
        values.put("evaluate-epochs", "0");
        values.putAll(settings);
        if (fitting < 1 && !settings.containsKey("steps") && !settings.containsKey("epochs")) {
            int batch = Math.min(pictures, RecipeReader.of(values).batchSize());
            long steps = (long) Math.max(1, fitting * pictures / batch);
            values.put("steps", Long.toString(steps));
            values.put("warm-up-epochs", "0");
        }
        return values;
    }
}
