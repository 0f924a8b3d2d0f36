package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.train.PseudoLabels.PseudoLabel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Self-training with a noisy student (Xie et al. 2020): a teacher labels pictures that nobody has labelled; a student learns
 * them and the labelled ones, with the noise that its recipe has; then the student is the teacher.
 *
 * @param rounds students
 * @param least how confident a teacher must be
 * @param perClass pseudo-labelled pictures of each class; 0 for the mean
 * @param kind what a student is told of a picture
 */
public record SelfTraining(int rounds, double least, int perClass, PseudoLabels.Kind kind) {
    private static final Logger LOG = LoggerFactory.getLogger(SelfTraining.class);

    public SelfTraining {
        if (rounds < 1 || !(least >= 0 && least <= 1) || perClass < 0) {
            throw new IllegalArgumentException(rounds + " rounds, confidence " + least + " and " + perClass
                    + " pictures of each class; there must be a round or more, 0 to 1, and 0 or more");
        }
    }

    /**
     * Each student has a folder of its own, {@code round-1} and so on; a run that was stopped goes on where it was.
     *
     * @param recipe of the students, with their noise
     * @param first the folder of the first teacher
     * @return the last student
     * @throws IOException also when the teacher names other classes, or is confident of nothing
     */
    public TrainedModel run(Recipe recipe, TrainingData data, Dataset unlabelled, Path first, Path folder)
            throws IOException, InterruptedException {
        TrainedModel teacher = TrainedModel.read(first);
        Dataset labelled = data.training();
        if (!teacher.labels().equals(labelled.labels())) {
            throw new IOException(first + " names " + teacher.labels() + "; the data have " + labelled.labels());
        }
        for (int round = 1; round <= rounds; round++) {
            PseudoLabels said = PseudoLabels.of(teacher, unlabelled);
            List<PseudoLabel> chosen =
                    PseudoLabels.chosen(said.all(), labelled.labels().size(), least, perClass);
            long pictures = chosen.stream().map(PseudoLabel::index).distinct().count();
            if (chosen.isEmpty()) {
                throw new IOException("the teacher is not " + least + " sure of any of " + unlabelled.size()
                        + " pictures: give a lower --least, or a better teacher");
            }
            LOG.info(
                    "round {} of {}: the teacher is {} sure of {} of {} pictures; with repeats {} are learnt besides {}"
                            + " labelled ones",
                    round,
                    rounds,
                    String.format(Locale.ROOT, "%.2f", least),
                    pictures,
                    unlabelled.size(),
                    chosen.size(),
                    labelled.size());
            TrainingData both =
                    new TrainingData(new PseudoLabelled(labelled, unlabelled, said, kind, chosen), data.evaluations());
            teacher = new Trainer(recipe, both, folder.resolve("round-" + round), new Alone()).train();
        }
        return teacher;
    }
}
