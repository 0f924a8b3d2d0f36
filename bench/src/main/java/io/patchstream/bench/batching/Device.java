package io.patchstream.bench.batching;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * What a batch takes: a curve in seconds with a seeded jitter of 5 % (standard deviation), and the latency target.
 *
 * @param target seconds from arrival to answer
 */
public record Device(String name, double target, IntToDoubleFunction curve) {
    static final int MAX_BATCH = 64;
    private static final double JITTER = 0.05;

    static Device gpu() {
        return new Device("gpu 2.0+0.35b ms", 0.05, b -> 0.002 + 0.00035 * b);
    }

    static Device knee() {
        return new Device("gpu knee at 16", 0.05, b -> 0.002 + 0.00035 * b + 0.001 * Math.max(0, b - 16));
    }

    /** Given points, in milliseconds by size; a line between them and beyond the last two; at least two. */
    static Device cpu(Map<Integer, Double> millis, double target) {
        TreeMap<Integer, Double> points = new TreeMap<>(millis);
        if (points.size() < 2 || points.firstKey() != 1) {
            throw new IllegalArgumentException("the curve " + millis + " needs size 1 and one more size at least");
        }
        return new Device("cpu " + millis, target, b -> {
            int high = points.ceilingKey(b) == null ? points.lastKey() : points.ceilingKey(b);
            if (high == b) {
                return points.get(b) / 1e3;
            }
            int low = points.lowerKey(high);
            double slope = (points.get(high) - points.get(low)) / (high - low);
            return (points.get(low) + slope * (b - low)) / 1e3;
        });
    }

    long nanos(int size, Random random) {
        return (long) (curve.applyAsDouble(size) * Math.max(0.8, 1 + JITTER * random.nextGaussian()) * 1e9);
    }

    /** Frames per second at the best size whose batch takes half the target at most. */
    double capacity() {
        double best = 1 / curve.applyAsDouble(1);
        for (int b = 2; b <= MAX_BATCH; b++) {
            double s = curve.applyAsDouble(b);
            best = s <= target / 2 ? Math.max(best, b / s) : best;
        }
        return best;
    }
}
