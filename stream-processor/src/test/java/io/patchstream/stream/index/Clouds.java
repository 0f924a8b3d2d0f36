package io.patchstream.stream.index;

import io.patchstream.stream.publish.SourcePosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Points around a few centres, as pictures of a few things are. */
final class Clouds {
    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private Clouds() {}

    static List<Point> points(int count, int centres, int dim, long seed) {
        Random random = new Random(seed);
        float[][] middle = new float[centres][];
        for (int i = 0; i < centres; i++) {
            middle[i] = gaussian(random, dim, 1, new float[dim]);
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int centre = random.nextInt(centres);
            points.add(point("p" + i, gaussian(random, dim, 0.35, middle[centre]), i, "thing-" + centre));
        }
        return points;
    }

    private static float[] gaussian(Random random, int dim, double spread, float[] around) {
        float[] values = new float[dim];
        for (int i = 0; i < dim; i++) {
            values[i] = (float) (around[i] + spread * random.nextGaussian());
        }
        return values;
    }

    /** The {@code number}-th picture: a second after the one before, on camera {@code number % 7}. */
    static Point point(String id, float[] vector, int number, String label) {
        return new Point(
                id,
                UnitVector.of(vector),
                "camera-" + number % 7,
                "frame-" + number,
                0,
                NOON.plusSeconds(number),
                label,
                0.5f,
                "tiny",
                "5ba",
                new SourcePosition("frames", 0, number));
    }
}
