package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Runs a pipeline until the JIT compiler has settled, as it has in a processor that has run for an hour: what is beside the
 * model is compiled after some ten thousand frames, which take a model on a CPU many minutes. So a stand-in for the model
 * lets them through first, as fast as they come.
 */
final class WarmUp {
    /** The compiler has settled when it takes no more of all cores than this. */
    static final double SETTLED = 0.01;

    private static final int FRAMES = 40_000;
    private static final int PICTURE_SIDE = 16;
    private static final int MOST_FAST_ROUNDS = 4;
    private static final int MOST_ROUNDS = 8;

    private final Report report;

    WarmUp(Report report) {
        this.report = report;
    }

    /** A round; returns what it took. */
    @FunctionalInterface
    interface Round {
        PipelineLoad.Through run() throws Exception;
    }

    /**
     * Brings what lies beside the model to rest: the first rounds.
     *
     * @param embeddingSize D of the model to come
     */
    void without(LocalKafka kafka, int embeddingSize, int partitions, Map<String, String> settings) throws Exception {
        try (StandInEngine engine = new StandInEngine(embeddingSize, 0)) {
            PipelineLoad load = new PipelineLoad(
                    kafka, engine, "warm-up", PICTURE_SIDE, PICTURE_SIDE, partitions, FRAMES, settings);
            load.fill();
            until("at full speed without the model", load::round, MOST_FAST_ROUNDS);
        }
    }

    /** Brings all of it to rest, at the pace at which it is measured: what queues at the compiler is through then. */
    void at(PipelineLoad load) throws Exception {
        until("as it is measured", load::round, MOST_ROUNDS);
    }

    /** Rounds until the compiler's share is small enough, or so many; the report says which. */
    void until(String what, Round round, int most) throws Exception {
        double share = 1;
        double perSecond = 0;
        int rounds = 0;
        while (rounds < most && share > SETTLED) {
            PipelineLoad.Through pass = round.run();
            // Nothing to measure where all was answered before the measurement began.
            share = Double.isNaN(pass.jitShare()) ? 1 : pass.jitShare();
            perSecond = pass.sample().perSecond();
            rounds++;
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rounds", rounds);
        figures.put("jit_share_of_the_machine", share);
        figures.put("settled", share <= SETTLED);
        report.put("warm_up_" + what.replace(' ', '_'), figures);
        String last = perSecond > 0
                ? String.format(
                        Locale.ROOT,
                        "at %.0f frames/s with the JIT compiler at %.1f %% of the machine",
                        perSecond,
                        100 * share)
                : "through before it could be measured";
        report.say(
                "warm-up %s: %d rounds, the last %s: %s",
                what, rounds, last, share <= SETTLED ? "settled" : "not settled");
    }
}
