package io.patchstream.bench.fault;

import io.patchstream.bench.fault.FaultSchedule.Planned;
import io.patchstream.stream.ledger.LedgerCheckCommand;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;

/** One run: everything is started, faults are injected while frames flow, the rest is answered, every frame is counted. */
final class FaultRun {
    private static final Duration RECOVERY = Duration.ofSeconds(90);
    private static final Duration DRAIN = Duration.ofMinutes(4);
    private static final Duration LOOK = Duration.ofMillis(500);

    /** So many looks in a row must find nothing open. */
    private static final int CALM_LOOKS = 3;

    private final RunPlan plan;
    private final FaultSchedule schedule;
    private final Duration limit;
    private final Duration brokerDown;
    private final Consumer<String> say;
    private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
    private final List<String> missed = new ArrayList<>();

    /**
     * A run.
     *
     * @param limit no fault begins later than this after the start
     * @param brokerDown how long a broker that is down is down
     * @param say told of each fault
     */
    FaultRun(RunPlan plan, FaultSchedule schedule, Duration limit, Duration brokerDown, Consumer<String> say) {
        this.plan = plan;
        this.schedule = schedule;
        this.limit = limit;
        this.brokerDown = brokerDown;
        this.say = say;
    }

    FaultResult run() throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (Rig rig = Rig.start(plan);
                Recoveries recoveries = new Recoveries(rig.settings(), rig.ackLog())) {
            await(rig, RECOVERY, recoveries::hasBegun);
            injectAll(rig, recoveries);
            await(rig, RECOVERY, recoveries::areAllDone);
            boolean flushed = rig.stopGenerator();
            boolean settled = drain(rig);
            List<Recoveries.Recovery> recovered = recoveries.list();
            boolean stopped = rig.stopProcessors();
            say.accept("counting");
            Settings settings = rig.settings();
            Accounts accounts = new Accounts(plan.frames(), plan.engine() == EngineKind.FAKE);
            Audit.Found found = new Audit(settings, accounts, !plan.buffering()).of(rig.ackLog());
            StringWriter ledger = new StringWriter();
            boolean balanced = ledgerIsBalanced(rig.settingValues(), ledger);
            return new FaultResult(
                    plan,
                    Duration.ofNanos(System.nanoTime() - start),
                    injected,
                    missed,
                    recovered,
                    found.verdict(),
                    found.aborted(),
                    balanced,
                    ledger.toString(),
                    flushed,
                    settled,
                    stopped,
                    List.copyOf(rig.unexpected()),
                    rig.memory().maxMib(),
                    rig.memory().slopeMibPerMinute());
        }
    }

    private void injectAll(Rig rig, Recoveries recoveries) throws IOException, InterruptedException {
        Injector injector = new Injector(rig, brokerDown);
        long start = System.nanoTime();
        for (Planned planned : schedule.faults()) {
            rig.pause(Duration.ofMillis(planned.atMillis()).minusNanos(System.nanoTime() - start));
            if (!injector.isPossible(planned.fault())) {
                missed.add(planned.fault().text() + ": this machine does not let us mount a disk");
                continue;
            }
            if (!rig.awaitReady(planned.place())) {
                missed.add(planned.fault().text() + ": processor " + planned.place() + " was not ready in time");
                continue;
            }
            // Within a commit interval or two after it is ready, so that moments are random there too.
            rig.pause(Duration.ofMillis((long) (1000 * planned.chance())));
            if (System.nanoTime() - start > limit.toNanos()) {
                return;
            }
            recoveries.begin(planned.fault());
            String who = planned.fault().text() + " (processor " + planned.place() + ")";
            if (injector.inject(planned)) {
                injected.merge(planned.fault(), 1, Integer::sum);
                say.accept("%6.1f s  %s".formatted((System.nanoTime() - start) / 1e9, who));
            } else {
                missed.add(planned.fault().text() + ": did not come about");
                say.accept("%6.1f s  %s did not come about".formatted((System.nanoTime() - start) / 1e9, who));
            }
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static boolean await(Rig rig, Duration patience, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            rig.pause(LOOK);
        }
        return true;
    }

    private boolean drain(Rig rig) throws InterruptedException {
        say.accept("waiting for the last answers");
        try (Progress progress = new Progress(rig.settings())) {
            long deadline = System.nanoTime() + DRAIN.toNanos();
            for (int calm = 0; calm < CALM_LOOKS; ) {
                if (System.nanoTime() > deadline) {
                    return false;
                }
                calm = progress.isSettled() ? calm + 1 : 0;
                rig.pause(LOOK);
            }
            // The control answers what it has gathered by its clock.
            rig.pause(plan.buffering() ? Duration.ofSeconds(5) : LOOK);
            return true;
        }
    }

    private static boolean ledgerIsBalanced(Map<String, String> settings, StringWriter text) {
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.add("--set=" + key + "=" + value));
        PrintWriter out = new PrintWriter(text, true);
        return new CommandLine(new LedgerCheckCommand())
                        .setOut(out)
                        .setErr(out)
                        .execute(arguments.toArray(String[]::new))
                == 0;
    }
}
