package io.patchstream.trainer.train;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A training of seconds, on {@code TinyIdx}. */
final class TinyRecipe {
    private TinyRecipe() {}

    static Map<String, String> values(Path data) {
        Map<String, String> values = new TreeMap<>();
        values.put("name", "tiny");
        values.put("data", data.toString());
        values.put("model", "CCT-2/3x2");
        values.put("channels", "8");
        values.put("hidden-size", "16");
        values.put("mlp-size", "32");
        values.put("image-size", "16");
        values.put("batch-size", "16");
        values.put("epochs", "4");
        values.put("learning-rate", "0.003");
        values.put("warm-up-epochs", "0.5");
        values.put("polyak", "0.99");
        values.put("evaluate-epochs", "0");
        values.put("threads", "1");
        values.put("precision", "FP32");
        return values;
    }

    static Recipe with(Path data, String... keysAndValues) {
        Map<String, String> values = values(data);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return RecipeReader.of(values);
    }
}
