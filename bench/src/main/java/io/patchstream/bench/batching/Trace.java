package io.patchstream.bench.batching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** When frames arrive, and of which of sixteen cameras; the same for the same seed. */
public enum Trace {
    STEADY,
    POISSON,
    BURST,
    IN_PHASE,
    FLOOD;

    private static final int CAMERAS = 16;

    /** A frame: nanoseconds since the start, and its camera. */
    public record Arrival(long at, int camera) {}

    /** Frames in the order of arrival, {@code perSecond} on average over {@code seconds}. */
    List<Arrival> arrivals(double perSecond, double seconds, long seed) {
        Random random = new Random(seed);
        List<Arrival> all = new ArrayList<>();
        double now = 0;
        for (int i = 0; now < seconds; i++) {
            int camera = this == FLOOD && random.nextInt(10) > 0 ? 0 : i % CAMERAS;
            all.add(new Arrival((long) (now * 1e9), camera));
            now += switch (this) {
                case STEADY -> 1 / perSecond;
                case POISSON, FLOOD -> exponential(random) / perSecond;
                // One second in ten at ten times the rate of the other nine; the mean stays perSecond.
                case BURST -> exponential(random) / (perSecond / 1.9 * (((int) now) % 10 == 9 ? 10 : 1));
                case IN_PHASE -> (i + 1) % CAMERAS == 0 ? CAMERAS / perSecond : 0;
            };
        }
        all.sort(Comparator.comparingLong(Arrival::at));
        return all;
    }

    private static double exponential(Random random) {
        return -Math.log(1 - random.nextDouble());
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
