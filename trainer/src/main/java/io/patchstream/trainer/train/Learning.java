package io.patchstream.trainer.train;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.objective.CachedActivations;
import io.patchstream.trainer.objective.Classification;
import io.patchstream.trainer.objective.Distillation;
import io.patchstream.trainer.objective.MaskedPatches;
import io.patchstream.trainer.objective.Objective;
import io.patchstream.trainer.objective.Student;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The objective that a recipe asks for, and what of it must be closed. */
final class Learning implements AutoCloseable {
    private static final long MEGABYTE = 1_000_000;

    private final Recipe recipe;
    private final VisionTransformer model;
    private final Precision precision;
    private final Deque<Runnable> closes = new ArrayDeque<>();
    private final Objective objective;

    /**
     * @param model the one in training; borrowed
     * @param folder for what is kept while training
     * @throws IOException when the teacher cannot be read, or is none for this training
     */
    @MustBeClosed
    Learning(Recipe recipe, VisionTransformer model, List<String> labels, Precision precision, Path folder)
            throws IOException {
        this.recipe = recipe;
        this.model = model;
        this.precision = precision;
        this.objective = switch (recipe.objective()) {
            case CLASSIFICATION ->
                recipe.teacher().isEmpty()
                        ? new Classification(student(folder), recipe.loss())
                        : distillation(student(folder), labels);
            case MASKED_PATCHES -> new MaskedPatches(model, precision, recipe.maskedTarget());
        };
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    private Student student(Path folder) throws IOException {
        if (recipe.cacheMb() == 0) {
            return Student.whole(model, precision);
        }
        int layers = model.config().layers();
        if (recipe.trainLast() > layers) {
            throw new IllegalArgumentException("cache-mb with train-last " + recipe.trainLast() + ": the model has "
                    + layers + " blocks, and of everything that learns nothing can be kept");
        }
        CachedActivations cached = new CachedActivations(
                model, precision, layers - recipe.trainLast(), folder, recipe.cacheMb() * MEGABYTE);
        closes.push(cached::close);
        return cached;
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    private Distillation distillation(Student student, List<String> labels) throws IOException {
        Path folder = Path.of(recipe.teacher());
        try {
            Distillation distillation = new Distillation(
                    student,
                    model.config(),
                    TrainedModel.read(folder),
                    labels,
                    precision,
                    recipe.loss(),
                    recipe.teacherWeight(),
                    recipe.teacherTemperature());
            closes.push(distillation::close);
            return distillation;
        } catch (IllegalArgumentException e) {
            throw new IOException("teacher " + folder + ": " + e.getMessage(), e);
        }
    }

    Objective objective() {
        return objective;
    }

    @Override
    public void close() {
        closes.forEach(Runnable::run);
    }
}
