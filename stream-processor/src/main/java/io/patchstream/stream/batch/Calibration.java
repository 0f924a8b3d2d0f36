package io.patchstream.stream.batch;

import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.function.LongSupplier;

/**
 * Gives a service curve its first points before frames come: batches of 1, 2, 4 and so on, until two sizes in succession
 * pay no more than a smaller one, or two seconds have gone. Two, since a device may gain nothing by a second picture and
 * much by a fourth. What it does under load is learned later, from load.
 */
public final class Calibration {
    private static final double PAYS = 1.05;
    private static final int ROUNDS = 2;
    private static final int SIZES_IN_VAIN = 2;
    private static final long BUDGET_NANOS = 2_000_000_000L;

    private Calibration() {}

    /**
     * Measures.
     *
     * @param pictureBytes bytes of one picture
     * @param workClock the nanoseconds that the curve is kept in
     * @throws InferenceException when not even one picture runs
     */
    public static void run(
            BatchRunner runner, int pictureBytes, int maxBatch, ServiceCurve curve, LongSupplier workClock)
            throws InferenceException {
        ByteBuffer grey = ByteBuffer.allocateDirect(pictureBytes);
        long began = System.nanoTime();
        double best = 0;
        int inVain = 0;
        for (int size = 1; size <= maxBatch; size *= 2) {
            double rate = size / seconds(runner, grey, size, workClock);
            curve.observe(size, (long) (size / rate * 1e9));
            inVain = rate < best * PAYS ? inVain + 1 : 0;
            if (inVain == SIZES_IN_VAIN || System.nanoTime() - began > BUDGET_NANOS) {
                return;
            }
            best = Math.max(best, rate);
        }
    }

    /** The shortest of a few rounds; the first one of a size also pays for its memory. */
    private static double seconds(BatchRunner runner, ByteBuffer grey, int size, LongSupplier workClock)
            throws InferenceException {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 1 + ROUNDS; round++) {
            long start = workClock.getAsLong();
            runner.run(Collections.nCopies(size, grey));
            best = Math.min(best, workClock.getAsLong() - start);
        }
        return Math.max(1, best) / 1e9;
    }
}
