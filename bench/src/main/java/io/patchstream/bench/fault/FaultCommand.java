package io.patchstream.bench.fault;

import io.patchstream.bench.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench faults}: whether every frame has exactly one answer, whatever happens. Exit codes: 0 yes, 1 no, 2 misused. */
@Command(
        name = "faults",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a broker, cameras and processors as processes of their own, kills, pauses, halts and cuts them off while",
            "frames flow, and counts every frame at the end. Exit code 0: each has exactly one answer, in order, and the",
            "ledger is balanced; 1: not, and the logs are kept."
        })
public final class FaultCommand implements Callable<Integer> {
    private static final int SECONDS_A_FAULT = 8;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "120",
            description = "How long faults are injected (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Chooses frames, faults and moments (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--processors",
            paramLabel = "N",
            defaultValue = "2",
            description = "Processors (${DEFAULT-VALUE}).")
    private int processors;

    @Option(
            names = "--faults",
            paramLabel = "LIST",
            split = ",",
            description = "Which faults, such as kill,pause-processor; a first word names all that begin with it.")
    private List<String> faults;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many faults, however long it takes; by default one each 8 s until --seconds are over.")
    private int count;

    @Option(
            names = "--protocol",
            paramLabel = "P",
            defaultValue = "classic",
            description = "Group protocol: classic, streams, or both, one after the other (${DEFAULT-VALUE}).")
    private String protocol;

    @Option(
            names = "--frames-per-second",
            paramLabel = "F",
            defaultValue = "150",
            description = "Frames a second of all cameras together (${DEFAULT-VALUE}).")
    private double framesPerSecond;

    @Option(
            names = "--engine",
            paramLabel = "E",
            defaultValue = "fake",
            description = "fake: answers are a hash of the bytes, and are checked; real: the model of --model.")
    private String engine;

    @Option(names = "--model", paramLabel = "FILE", description = "The model, with --engine real.")
    private Path model;

    @Option(
            names = "--broker-down",
            paramLabel = "S",
            defaultValue = "30",
            description = "Seconds that a broker which is down is down (${DEFAULT-VALUE}).")
    private int brokerDownSeconds;

    @Option(
            names = "--control",
            paramLabel = "NAME",
            description = "buffering: processors that batch in the natural, wrong way; the run must fail.")
    private String control;

    @Option(names = "--folder", paramLabel = "D", description = "Where logs and data go; they are kept then.")
    private Path folder;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean buffering = isBuffering();
        Set<Fault> kinds = kinds(buffering);
        EngineKind kind = engineKind();
        List<String> protocols = protocols();
        checkNumbers();
        Report report = new Report("faults", spec.commandLine().getOut());
        FaultReport faultReport = new FaultReport(report);
        Path base = folder == null ? Files.createTempDirectory("patchstream-faults") : folder;
        boolean passed = true;
        int share = seconds / protocols.size();
        for (String each : protocols) {
            RunPlan plan = new RunPlan(
                    seed,
                    processors,
                    framesPerSecond,
                    each,
                    kind,
                    Optional.ofNullable(model),
                    buffering,
                    base.resolve(each));
            int faultCount = count > 0 ? Math.max(1, count / protocols.size()) : Math.max(1, share / SECONDS_A_FAULT);
            FaultSchedule schedule = FaultSchedule.of(seed, kinds, faultCount, share * 1000L, processors);
            Duration limit = count > 0 ? Duration.ofDays(1) : Duration.ofSeconds(share);
            FaultResult result = new FaultRun(
                            plan,
                            schedule,
                            limit,
                            Duration.ofSeconds(brokerDownSeconds),
                            text -> report.say("%s", text))
                    .run();
            faultReport.add(result);
            passed &= result.isPassed();
        }
        report.write(json);
        if (passed && folder == null) {
            delete(base);
        } else {
            report.say("logs are in %s", base);
        }
        return passed ? 0 : 1;
    }

    private boolean isBuffering() {
        if (control != null && !control.equals("buffering")) {
            throw misuse("--control is " + control + "; there is only buffering");
        }
        return control != null;
    }

    private Set<Fault> kinds(boolean buffering) {
        try {
            if (faults != null) {
                return Fault.named(faults);
            }
        } catch (IllegalArgumentException e) {
            throw misuse(e.getMessage());
        }
        return buffering ? EnumSet.of(Fault.KILL_PROCESSOR, Fault.RESTART_PROCESSOR) : EnumSet.allOf(Fault.class);
    }

    private EngineKind engineKind() {
        return switch (engine) {
            case "fake" -> EngineKind.FAKE;
            case "real" -> {
                if (model == null || !Files.isRegularFile(model)) {
                    throw misuse("--engine real needs --model with a file that is there");
                }
                yield EngineKind.REAL;
            }
            default -> throw misuse("--engine is " + engine + "; it may be fake or real");
        };
    }

    private List<String> protocols() {
        return switch (protocol) {
            case "classic", "streams" -> List.of(protocol);
            case "both" -> List.of("classic", "streams");
            default -> throw misuse("--protocol is " + protocol + "; it may be classic, streams or both");
        };
    }

    private void checkNumbers() {
        if (seconds < 1 || processors < 1 || framesPerSecond <= 0 || count < 0 || brokerDownSeconds < 1) {
            throw misuse("--seconds, --processors, --frames-per-second, --broker-down must be above 0");
        }
        if (folder != null && Files.exists(folder)) {
            throw misuse("--folder is " + folder + ", which is there already; name a new one");
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
