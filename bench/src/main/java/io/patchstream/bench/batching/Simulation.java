package io.patchstream.bench.batching;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Runs one rule on one device over one trace, by a virtual clock. */
final class Simulation {
    private Simulation() {}

    /**
     * What came of it.
     *
     * @param share of all frames, those answered within the target
     * @param worstShare the same of the camera that fared worst, camera 0 left out, which is the one that floods
     * @param dropped frames that were never run
     */
    record Result(
            double perSecond, double share, double worstShare, double p50, double p99, int dropped, double batchMean) {}

    static Result run(Policy policy, Device device, List<Trace.Arrival> trace, long seed) {
        Random jitter = new Random(seed);
        List<Double> latencies = new ArrayList<>();
        int[] good = new int[64];
        int[] sent = new int[64];
        int batches = 0;
        int next = 0;
        long now = 0;
        while (next < trace.size() || policy.queued() > 0) {
            while (next < trace.size() && trace.get(next).at() <= now) {
                sent[trace.get(next).camera()]++;
                policy.arrived(trace.get(next++));
            }
            Policy.Decision decision = policy.decide(now);
            if (decision.batch().isEmpty()) {
                long arrival = next < trace.size() ? trace.get(next).at() : Long.MAX_VALUE;
                long then = Math.min(arrival, decision.wakeAt());
                now = then == Long.MAX_VALUE ? now : Math.max(now, then);
                continue;
            }
            long took = device.nanos(decision.batch().size(), jitter);
            now += took;
            batches++;
            policy.ran(decision.batch().size(), took);
            // Frames that came meanwhile queue before the next decision, at their own times.
            for (Trace.Arrival frame : decision.batch()) {
                double latency = (now - frame.at()) / 1e9;
                latencies.add(latency);
                good[frame.camera()] += latency <= device.target() ? 1 : 0;
            }
        }
        return result(trace, latencies, good, sent, batches);
    }

    private static Result result(
            List<Trace.Arrival> trace, List<Double> latencies, int[] good, int[] sent, int batches) {
        Collections.sort(latencies);
        int total = 0;
        double worst = 1;
        for (int c = 0; c < good.length; c++) {
            total += good[c];
            // Camera 0 is the one that floods.
            worst = c == 0 || sent[c] == 0 ? worst : Math.min(worst, (double) good[c] / sent[c]);
        }
        double seconds = trace.get(trace.size() - 1).at() / 1e9;
        return new Result(
                total / seconds,
                (double) total / trace.size(),
                worst,
                quantile(latencies, 0.50),
                quantile(latencies, 0.99),
                trace.size() - latencies.size(),
                batches == 0 ? 0 : (double) latencies.size() / batches);
    }

    private static double quantile(List<Double> sorted, double q) {
        return sorted.isEmpty() ? 0 : sorted.get(Math.min(sorted.size() - 1, (int) (q * sorted.size())));
    }
}
