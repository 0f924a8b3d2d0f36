package io.patchstream.trainer.evaluate;

import io.patchstream.trainer.data.CalibrationSplit;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.SampleSeed;
import io.patchstream.trainer.data.Subset;
import io.patchstream.trainer.evaluate.Measurements.Calibration;
import io.patchstream.trainer.evaluate.Measurements.ClassScore;
import io.patchstream.trainer.evaluate.Measurements.Conformal;
import io.patchstream.trainer.evaluate.Measurements.FewShot;
import io.patchstream.trainer.evaluate.Measurements.Mistake;
import io.patchstream.trainer.evaluate.Measurements.Outsiders;
import io.patchstream.trainer.evaluate.Measurements.Robustness;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.vision.model.KnownDistances;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Everything that can be measured of one model. The training examples are shown to it once; each data set is divided ({@link
 * CalibrationSplit}) into examples that the temperature is fitted on, that conformal threshold and limits of distance are chosen
 * on, and that these are counted on.
 */
public final class Examination {
    private static final int[] SHOTS = {1, 5, 10, 25};
    private static final int SEEDS = 3;
    private static final int NEIGHBOURS = 20;
    private static final int WORST = 24;
    private static final long SUBSET_SEED = 11;
    /** So that each part has an example. */
    private static final int LEAST_DIVIDED = 4;

    /**
     * What to measure.
     *
     * @param trainingExamples how many at most make Gaussians, few-shot heads and neighbours; 0 for none of these
     * @param spoiltExamples how many at most are spoilt, with each corruption and severity; 0 for none
     * @param alpha the share of conformal sets that may miss
     */
    public record Settings(int trainingExamples, int spoiltExamples, double alpha) {}

    private final Evaluator evaluator;
    private final VisionTransformer model;
    private final List<String> labels;
    private final Settings settings;

    /** @param labels of the model's head */
    public Examination(Evaluator evaluator, VisionTransformer model, List<String> labels, Settings settings) {
        this.evaluator = evaluator;
        this.model = model;
        this.labels = labels;
        this.settings = settings;
    }

    /** Training examples as the model sees them, and the Gaussians that their classes make. */
    public record Training(Answers answers, ClassGaussians gaussians) {}

    /** What the model says of some of the training examples. */
    public Training training(Dataset training) throws IOException {
        Answers answers = evaluator.answers(model, Subset.atMost(training, settings.trainingExamples(), SUBSET_SEED));
        return new Training(
                answers, ClassGaussians.fit(answers, training.labels().size()));
    }

    /**
     * Measures on one data set. When its classes are not the model's, only what needs no head.
     *
     * @param training what {@link #training} gave; null for nothing that needs it
     * @param outside pictures that are none of the classes; null when there are none
     */
    public Measurements examine(String name, Dataset dataset, Training training, Dataset outside) throws IOException {
        Answers answers = evaluator.answers(model, dataset);
        int classes = dataset.labels().size();
        boolean head = dataset.labels().equals(labels);
        Evaluation evaluation = head ? Evaluation.of(answers, labels) : null;
        CalibrationSplit.Parts parts = CalibrationSplit.parts(answers.size());
        boolean divides = head && answers.size() >= LEAST_DIVIDED;
        Answers fit = divides ? answers.part(parts.temperature()) : null;
        Answers rest = divides ? answers.part(parts.untouched()) : null;
        double temperature = divides ? TemperatureScaling.fit(fit) : 1;
        return new Measurements(
                name,
                dataset.labels(),
                answers.size(),
                head ? evaluation.top1() : null,
                head ? evaluation.top5() : null,
                head ? scores(evaluation) : null,
                head ? confusion(evaluation) : null,
                divides ? calibration(fit, rest, temperature) : null,
                divides ? conformal(answers, parts, temperature) : null,
                training == null ? null : outsiders(answers, divides ? parts : null, training.gaussians(), outside),
                training == null ? null : fewShot(training.answers(), answers, classes),
                training == null ? null : neighbours(training.answers(), answers, classes),
                head && settings.spoiltExamples() > 0 ? robustness(dataset) : null,
                head ? worst(answers, temperature) : null);
    }

    private static List<ClassScore> scores(Evaluation evaluation) {
        List<ClassScore> scores = new ArrayList<>();
        for (int k = 0; k < evaluation.labels().size(); k++) {
            int label = k;
            int examples = IntStream.range(0, evaluation.labels().size())
                    .map(called -> evaluation.confused(label, called))
                    .sum();
            scores.add(new ClassScore(
                    evaluation.labels().get(k),
                    finite(evaluation.precision(k)),
                    finite(evaluation.recall(k)),
                    examples));
        }
        return scores;
    }

    private static Double finite(double value) {
        return Double.isNaN(value) ? null : value;
    }

    private static List<List<Integer>> confusion(Evaluation evaluation) {
        int k = evaluation.labels().size();
        return IntStream.range(0, k)
                .mapToObj(i -> IntStream.range(0, k)
                        .mapToObj(j -> evaluation.confused(i, j))
                        .toList())
                .toList();
    }

    private static Calibration calibration(Answers fit, Answers rest, double temperature) {
        return new Calibration(
                temperature,
                fit.size(),
                rest.size(),
                TemperatureScaling.loss(rest, 1),
                TemperatureScaling.loss(rest, temperature),
                Reliability.of(rest, 1, Reliability.BINS),
                Reliability.of(rest, temperature, Reliability.BINS));
    }

    private Conformal conformal(Answers answers, CalibrationSplit.Parts parts, double temperature) {
        Answers rest = answers.part(parts.rest());
        ConformalSets sets = ConformalSets.calibrate(answers.part(parts.limits()), temperature, settings.alpha());
        return new Conformal(sets, sets.measure(rest, temperature), rest.size());
    }

    /** @param parts null where the data set is not divided */
    private Outsiders outsiders(
            Answers answers, CalibrationSplit.Parts parts, ClassGaussians gaussians, Dataset outside)
            throws IOException {
        double[] inside = gaussians.distances(answers);
        Double area = outside == null
                ? null
                : ClassGaussians.areaUnderCurve(inside, gaussians.distances(evaluator.answers(model, outside)));
        KnownDistances known = parts == null
                ? null
                : KnownDistances.of(at(inside, parts.limits())).orElse(null);
        List<Double> beyond = known == null ? null : beyond(known, at(inside, parts.rest()));
        double[] sorted = inside.clone();
        Arrays.sort(sorted);
        return new Outsiders(
                sorted[sorted.length / 2],
                sorted[(int) (0.95 * (sorted.length - 1))],
                area,
                outside == null ? 0 : outside.size(),
                known,
                beyond);
    }

    private static double[] at(double[] values, int[] places) {
        return Arrays.stream(places).mapToDouble(place -> values[place]).toArray();
    }

    private static List<Double> beyond(KnownDistances known, double[] distances) {
        return known.limits().stream()
                .map(limit -> Arrays.stream(distances)
                                .filter(distance -> distance > limit.distance())
                                .count()
                        / (double) distances.length)
                .toList();
    }

    /** Linear heads on few of the training examples, by three draws; as many shots as every class has examples for. */
    public static List<FewShot> fewShot(Answers training, Answers answers, int classes) {
        int[] counts = new int[classes];
        Arrays.stream(training.labels()).forEach(label -> counts[label]++);
        int fewest = Arrays.stream(counts).min().orElse(0);
        List<FewShot> all = new ArrayList<>();
        for (int shots : SHOTS) {
            if (shots <= fewest) {
                double[] accuracy = new double[SEEDS];
                for (int seed = 0; seed < SEEDS; seed++) {
                    Answers few = training.part(shots(training, shots, classes, seed));
                    accuracy[seed] = LeastSquaresHead.fit(few, classes, LeastSquaresHead.L2)
                            .accuracy(answers);
                }
                var statistics = DoubleStream.of(accuracy).summaryStatistics();
                all.add(new FewShot(shots, statistics.getAverage(), statistics.getMin(), statistics.getMax()));
            }
        }
        return all;
    }

    private static int[] shots(Answers training, int shots, int classes, long seed) {
        int[] taken = new int[classes];
        return Arrays.stream(SampleSeed.permutation(seed, 0, training.size()))
                .filter(index -> taken[training.labels()[index]]++ < shots)
                .toArray();
    }

    private static double neighbours(Answers training, Answers answers, int classes) {
        int[] voted = new NearestNeighbours(NEIGHBOURS).vote(training, answers, classes);
        return IntStream.range(0, voted.length)
                        .filter(i -> voted[i] == answers.labels()[i])
                        .count()
                / (double) voted.length;
    }

    private List<Robustness> robustness(Dataset dataset) throws IOException {
        Dataset some = Subset.atMost(dataset, settings.spoiltExamples(), SUBSET_SEED);
        List<Robustness> all = new ArrayList<>();
        for (Corruption corruption : Corruption.values()) {
            List<Double> top1 = new ArrayList<>();
            for (int severity = 1; severity <= Corruption.SEVERITIES; severity++) {
                int level = severity;
                long[] seed = {0};
                Answers answers = evaluator.answers(model, some, image -> corruption.apply(image, level, seed[0]++));
                top1.add(Evaluation.of(answers, labels).top1());
            }
            all.add(new Robustness(corruption, top1));
        }
        return all;
    }

    private List<Mistake> worst(Answers answers, double temperature) {
        List<Mistake> mistakes = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            int called = answers.top(i);
            if (called != answers.labels()[i]) {
                double probability = answers.probabilities(i, temperature)[called];
                mistakes.add(new Mistake(i, labels.get(answers.labels()[i]), labels.get(called), probability));
            }
        }
        mistakes.sort(Comparator.comparingDouble(Mistake::probability).reversed());
        return mistakes.subList(0, Math.min(WORST, mistakes.size()));
    }
}
