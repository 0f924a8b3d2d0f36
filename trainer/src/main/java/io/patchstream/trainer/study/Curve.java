package io.patchstream.trainer.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What was measured over examples, compute or another amount: straight between points when x is on a logarithmic axis.
 *
 * @param points by rising x; one at least
 */
public record Curve(String name, List<Point> points) {
    /**
     * @param x such as examples, or operations of training
     * @param y what was measured there; an accuracy is from 0 to 1, a mean over seeds
     * @param error its standard error; an accuracy's is of a test set of this size, and between the seeds where there are several
     */
    public record Point(double x, double y, double error) {}

    public Curve {
        points = points.stream().sorted(Comparator.comparingDouble(Point::x)).toList();
        if (points.isEmpty() || points.get(0).x() <= 0) {
            throw new IllegalArgumentException(name + " has no points, or one at 0 or below");
        }
    }

    /** Of cells; those of one model, examples and steps differ in their seed and are one point. */
    public static Curve of(String name, List<Cell> cells, ToDoubleFunction<Cell> x, ToDoubleFunction<Cell> accuracy) {
        Map<String, List<Cell>> seeds = new TreeMap<>();
        for (Cell cell : cells) {
            seeds.computeIfAbsent(cell.model() + "," + cell.examples() + "," + cell.steps(), key -> new ArrayList<>())
                    .add(cell);
        }
        return new Curve(
                name,
                seeds.values().stream().map(same -> point(same, x, accuracy)).toList());
    }

    private static Point point(List<Cell> seeds, ToDoubleFunction<Cell> x, ToDoubleFunction<Cell> accuracy) {
        int n = seeds.size();
        double mean = seeds.stream().mapToDouble(accuracy).average().orElseThrow();
        double squares = seeds.stream()
                .mapToDouble(cell -> Math.pow(accuracy.applyAsDouble(cell) - mean, 2))
                .sum();
        double between = n > 1 ? squares / (n - 1) / n : 0;
        double sampling = mean * (1 - mean) / seeds.get(0).tested();
        return new Point(x.applyAsDouble(seeds.get(0)), mean, Math.sqrt(sampling + between));
    }

    /** The points that are better than all that cost less or as much: what a family can do with a given compute. */
    public Curve frontier() {
        List<Point> best = new ArrayList<>();
        List<Point> cheapFirst = new ArrayList<>(points);
        cheapFirst.sort(Comparator.comparingDouble(Point::x)
                .thenComparing(Comparator.comparingDouble(Point::y).reversed()));
        for (Point point : cheapFirst) {
            if (best.isEmpty() || point.y() > best.get(best.size() - 1).y()) {
                best.add(point);
            }
        }
        return new Curve(name, best);
    }

    double from() {
        return points.get(0).x();
    }

    double to() {
        return points.get(points.size() - 1).x();
    }

    /** The point at {@code x}, which is between {@link #from()} and {@link #to()}. */
    Point at(double x) {
        for (int i = 0; i < points.size(); i++) {
            Point right = points.get(i);
            if (x <= right.x()) {
                Point left = points.get(Math.max(0, i - 1));
                double share = right.x() > left.x() ? Math.log(x / left.x()) / Math.log(right.x() / left.x()) : 1;
                return new Point(
                        x,
                        left.y() + share * (right.y() - left.y()),
                        left.error() + share * (right.error() - left.error()));
            }
        }
        return points.get(points.size() - 1);
    }

    /** The smallest x at which a rising curve reaches {@code accuracy}; empty where it does not, or begins above it. */
    OptionalDouble reaches(double accuracy) {
        for (int i = 1; i < points.size(); i++) {
            Point left = points.get(i - 1);
            Point right = points.get(i);
            if (left.y() <= accuracy && accuracy <= right.y() && right.y() > left.y()) {
                double share = (accuracy - left.y()) / (right.y() - left.y());
                return OptionalDouble.of(left.x() * Math.pow(right.x() / left.x(), share));
            }
        }
        return OptionalDouble.empty();
    }
}
