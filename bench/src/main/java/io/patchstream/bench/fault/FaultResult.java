package io.patchstream.bench.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a run showed.
 *
 * @param plan the run
 * @param took from the first process's start to the last frame's count
 * @param injected faults by kind
 * @param missed faults that were planned and did not come about, with the reason
 * @param recoveries how long after each fault answers came again
 * @param verdict the accounts
 * @param aborted answers that were written and never committed
 * @param balanced what the ledger says
 * @param ledger its words
 * @param flushed whether the generator could send all that it had
 * @param settled whether the processors answered all in time
 * @param stopped whether the processors stopped in time
 * @param unexpected processes that ended by themselves and were started again
 * @param maxMib the most memory that a processor held
 * @param slopeMibPerMinute how its memory grew; NaN when no processor lived long enough
 */
record FaultResult(
        RunPlan plan,
        Duration took,
        Map<Fault, Integer> injected,
        List<String> missed,
        List<Recoveries.Recovery> recoveries,
        Accounts.Verdict verdict,
        long aborted,
        boolean balanced,
        String ledger,
        boolean flushed,
        boolean settled,
        boolean stopped,
        List<String> unexpected,
        double maxMib,
        double slopeMibPerMinute) {
    /** A processor of 192 MiB of heap, its code, its threads and its clients' buffers; and room for a real engine. */
    private static final double MEMORY_BOUND_MIB = 768;

    int faults() {
        return injected.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** What is not as it must be; empty when the run is passed. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        add(failures, verdict.lost().size() + " frames lost", !verdict.lost().isEmpty());
        add(
                failures,
                verdict.duplicated().size() + " frames answered twice",
                !verdict.duplicated().isEmpty());
        add(
                failures,
                verdict.outOfOrder().size() + " answers out of order",
                !verdict.outOfOrder().isEmpty());
        add(
                failures,
                verdict.wrong().size() + " answers wrong",
                !verdict.wrong().isEmpty());
        add(
                failures,
                verdict.misremembered().size() + " uncertain pictures missing or too many",
                !verdict.misremembered().isEmpty());
        add(
                failures,
                verdict.forgotten().size() + " frames forgotten by the broker",
                !verdict.forgotten().isEmpty());
        add(failures, "no frame was sent", verdict.frames() == 0);
        add(failures, "no fault was injected", faults() == 0);
        add(failures, "the ledger is not balanced", !balanced);
        add(failures, "the generator could not send all that it had", !flushed);
        add(failures, "the processors did not answer all in time", !settled);
        add(failures, "a processor held %.0f MiB".formatted(maxMib), maxMib > MEMORY_BOUND_MIB);
        boolean transactionsEnded = injected.keySet().stream().anyMatch(Fault::endsTransactions);
        add(
                failures,
                "no fault hit an open transaction: the run proves nothing",
                transactionsEnded && aborted == 0 && !plan.buffering());
        return failures;
    }

    private static void add(List<String> failures, String failure, boolean holds) {
        if (holds) {
            failures.add(failure);
        }
    }

    boolean isPassed() {
        return failures().isEmpty();
    }
}
