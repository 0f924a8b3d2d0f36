package io.patchstream.trainer.train;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.evaluate.Evaluator;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a teacher says of pictures without labels, and which of that a student learns (Xie et al. 2020, section 2). */
public final class PseudoLabels {
    private static final int BATCH = 64;

    private final List<PseudoLabel> all = new ArrayList<>();
    /** {@code [pictures, K]} */
    private final float[] probabilities;

    private final int classes;

    private PseudoLabels(int pictures, int classes) {
        this.probabilities = new float[pictures * classes];
        this.classes = classes;
    }

    /** What a student is told of a picture. */
    public enum Kind {
        /** All that the teacher said: a probability of each class. */
        SOFT,
        /** The class that the teacher holds likeliest. */
        HARD
    }

    /**
     * A teacher's answer.
     *
     * @param index of the picture
     * @param label the class with the largest probability
     * @param confidence that probability, at the teacher's temperature
     */
    record PseudoLabel(int index, int label, double confidence) {}

    /** One for each picture, without noise. */
    static PseudoLabels of(TrainedModel teacher, Dataset pictures) throws IOException {
        Evaluator evaluator = new Evaluator(teacher.preprocessing(), Precision.FP32, BATCH);
        PseudoLabels labels = new PseudoLabels(pictures.size(), teacher.config().classes());
        try (VisionTransformer model = new VisionTransformer(teacher.config(), teacher.parameters())) {
            for (int from = 0; from < pictures.size(); from += BATCH) {
                int[] indices = IntStream.range(from, Math.min(from + BATCH, pictures.size()))
                        .toArray();
                Batch batch = Batch.prepared(pictures, teacher.preprocessing(), indices);
                float[] logits = evaluator.logits(model, batch.pixels(), batch.size());
                for (int i = 0; i < indices.length; i++) {
                    labels.add(indices[i], logits, i, teacher.temperature());
                }
            }
        }
        return labels;
    }

    private void add(int index, float[] logits, int row, double temperature) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
        }
        double[] shares = new double[classes];
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            shares[k] = Math.exp((logits[row * classes + k] - logits[row * classes + best]) / temperature);
            sum += shares[k];
        }
        for (int k = 0; k < classes; k++) {
            probabilities[index * classes + k] = (float) (shares[k] / sum);
        }
        all.add(new PseudoLabel(index, best, 1 / sum));
    }

    /** In the order of the pictures. */
    List<PseudoLabel> all() {
        return Collections.unmodifiableList(all);
    }

    /** Writes the K probabilities of a picture, from {@code from} on. */
    void probabilities(int picture, float[] targets, int from) {
        System.arraycopy(probabilities, picture * classes, targets, from, classes);
    }

    /**
     * The confident ones, as many of each class: of a class that has more the most confident, of one that has fewer all of them
     * again and again. A class of which there is none stays without.
     *
     * @param least the confidence that counts
     * @param perClass how many of each; 0 for the mean over the classes that have any
     */
    static List<PseudoLabel> chosen(List<PseudoLabel> all, int classes, double least, int perClass) {
        List<List<PseudoLabel>> byClass = new ArrayList<>();
        for (int k = 0; k < classes; k++) {
            int label = k;
            byClass.add(all.stream()
                    .filter(each -> each.label() == label && each.confidence() >= least)
                    .sorted(Comparator.comparingDouble(PseudoLabel::confidence)
                            .reversed()
                            .thenComparingInt(PseudoLabel::index))
                    .toList());
        }
        long present = byClass.stream().filter(some -> !some.isEmpty()).count();
        long confident = byClass.stream().mapToLong(List::size).sum();
        int wanted = perClass > 0 ? perClass : (int) Math.ceil(confident / (double) Math.max(1, present));
        List<PseudoLabel> chosen = new ArrayList<>();
        for (List<PseudoLabel> some : byClass) {
            for (int i = 0; i < wanted && !some.isEmpty(); i++) {
                chosen.add(some.get(i % some.size()));
            }
        }
        return chosen;
    }
}
