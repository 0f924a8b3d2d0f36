package io.patchstream.trainer.train;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.objective.Classification;
import io.patchstream.trainer.objective.Distillation;
import io.patchstream.trainer.objective.MaskedPatches;
import io.patchstream.trainer.objective.Objective;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The objective that a recipe asks for, and what of it must be closed. */
final class Learning implements AutoCloseable {
    private final Objective objective;

    /**
     * @param model the one in training; borrowed
     * @throws IOException when the teacher cannot be read, or is none for this training
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Kept here and closed by close().
    Learning(Recipe recipe, VisionTransformer model, List<String> labels, Precision precision) throws IOException {
        this.objective = switch (recipe.objective()) {
            case CLASSIFICATION ->
                recipe.teacher().isEmpty()
                        ? new Classification(model, precision, recipe.loss())
                        : distillation(recipe, model, labels, precision);
            case MASKED_PATCHES -> new MaskedPatches(model, precision);
        };
    }

    @MustBeClosed
    private static Distillation distillation(
            Recipe recipe, VisionTransformer model, List<String> labels, Precision precision) throws IOException {
        Path folder = Path.of(recipe.teacher());
        try {
            return new Distillation(
                    model,
                    TrainedModel.read(folder),
                    labels,
                    precision,
                    recipe.loss(),
                    recipe.teacherWeight(),
                    recipe.teacherTemperature());
        } catch (IllegalArgumentException e) {
            throw new IOException("teacher " + folder + ": " + e.getMessage(), e);
        }
    }

    Objective objective() {
        return objective;
    }

    @Override
    public void close() {
        if (objective instanceof Distillation distillation) {
            distillation.close();
        }
    }
}
