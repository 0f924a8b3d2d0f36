package io.patchstream.vision.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far pictures that the model knows are from its classes: what tells whether the output {@value ModelContract#DISTANCE}
 * of another is far. It is the squared Mahalanobis distance of the embedding to the nearest class, all classes with one
 * covariance (Lee et al. 2018).
 *
 * @param limits in ascending order, at least one
 * @param examples how many they were counted on; neither weights nor covariance were made from them
 */
public record KnownDistances(List<Limit> limits, int examples) {
    private static final double[] PERCENTS = {50, 90, 95, 99, 99.9};

    /**
     * What a share of known pictures stays under.
     *
     * @param percent of known pictures, between 0 and 100
     * @param distance squared
     */
    public record Limit(double percent, double distance) {
        public Limit {
            if (!(percent > 0 && percent < 100)) {
                throw new IllegalArgumentException("percent is " + percent + "; it must be between 0 and 100");
            }
            if (!(distance >= 0) || Double.isInfinite(distance)) {
                throw new IllegalArgumentException("distance is " + distance + "; it must be finite and 0 or more");
            }
        }
    }

    public KnownDistances {
        limits = List.copyOf(limits);
        if (limits.isEmpty()) {
            throw new IllegalArgumentException("there is no limit; there must be at least one");
        }
        for (int i = 1; i < limits.size(); i++) {
            if (limits.get(i).percent() <= limits.get(i - 1).percent()
                    || limits.get(i).distance() < limits.get(i - 1).distance()) {
                throw new IllegalArgumentException("the limits " + limits + " do not ascend");
            }
        }
        double most = limits.get(limits.size() - 1).percent();
        if (Ranks.of(examples, most / 100).isEmpty()) {
            throw new IllegalArgumentException(
                    examples + " examples cannot tell where " + most + " % of known pictures end; there are too few");
        }
    }

    /** From distances of examples; the percentages that there are enough of them for, empty when for none. */
    public static Optional<KnownDistances> of(double[] distances) {
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        List<Limit> limits = new ArrayList<>();
        for (double percent : PERCENTS) {
            Ranks.of(sorted.length, percent / 100)
                    .ifPresent(rank -> limits.add(new Limit(percent, Math.max(0, sorted[rank - 1]))));
        }
        return limits.isEmpty() ? Optional.empty() : Optional.of(new KnownDistances(limits, sorted.length));
    }

    /** Whether there is a limit for just this percentage. */
    public boolean knows(double percent) {
        return limits.stream().anyMatch(limit -> limit.percent() == percent);
    }

    /** The largest percentage of known pictures whose limit {@code distance} exceeds; 0 when it exceeds none. */
    public double beyond(double distance) {
        double beyond = 0;
        for (Limit limit : limits) {
            beyond = distance > limit.distance() ? limit.percent() : beyond;
        }
        return beyond;
    }

    /** Its percentages, for people. */
    public String percents() {
        return limits.stream().map(limit -> Double.toString(limit.percent())).collect(Collectors.joining(", "));
    }
}
