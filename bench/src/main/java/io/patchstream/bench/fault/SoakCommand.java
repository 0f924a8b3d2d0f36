package io.patchstream.bench.fault;

import io.patchstream.bench.BenchModels;
import io.patchstream.bench.Processes;
import io.patchstream.bench.Report;
import io.patchstream.bench.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench soak}: one processor at full load that changes its model again and again; its memory is watched. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "A processor of its own process under more frames than it can answer, which goes over to another model every",
            "minute. Watches its resident memory (the heap is of fixed size and touched at start, so what grows is not",
            "Java's), then balances the ledger. Exit code 1 when a reload is missing, the processor ends or the ledger",
            "does not balance; how much memory may grow is for the reader to judge."
        })
public final class SoakCommand implements Callable<Integer> {
    private static final String TAKEN = "another model has taken over";
    private static final String REFUSED = "A MODEL IS REFUSED";
    private static final int BROKER_HEAP_MIB = 512;
    private static final int HEAP_MIB = 192;
    private static final int PARTITIONS = 4;
    private static final long SEED = 1;
    private static final int CAMERAS = 8;
    private static final int BROKEN_EVERY = 1000;
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 60;
    private static final long LEDGER_SECONDS = 600;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long, at least 2 (${DEFAULT-VALUE}).")
    private int minutes;

    @Option(
            names = "--reload-every",
            paramLabel = "S",
            defaultValue = "60",
            description = "Seconds from one change of the model to the next (${DEFAULT-VALUE}).")
    private int reloadSeconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "5",
            description = "Minutes that do not count for the slope (${DEFAULT-VALUE}).")
    private int warmUpMinutes;

    @Option(
            names = "--frames-per-second",
            paramLabel = "R",
            defaultValue = "200",
            description = "What the cameras send (${DEFAULT-VALUE}).")
    private double framesPerSecond;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            defaultValue = "ViT-Ti/16",
            description = "Which ViT of random weights; fp32 and int8 take turns (${DEFAULT-VALUE}).")
    private String variant;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Where logs and broker data go, kept; by default a new temporary one.")
    private Path folder;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    /** Median resident memory of the time between two changes of the model. */
    private record Period(double hours, double mib) {}

    @Override
    public Integer call() throws Exception {
        if (minutes < 2 || warmUpMinutes < 0 || warmUpMinutes >= minutes || reloadSeconds < 5) {
            spec.commandLine()
                    .getErr()
                    .println("--minutes must be at least 2 and more than --warm-up; --reload-every at least 5");
            return ExitCode.USAGE;
        }
        Path base = folder != null ? Files.createDirectories(folder) : Files.createTempDirectory("patchstream-soak-");
        Report report = new Report("soak", spec.commandLine().getOut());
        report.say("logs are in %s", base);
        Path models = Files.createDirectories(base.resolve("models"));
        List<String> names = putModels(models);
        int kafkaPort = Processes.freePort();
        int registryPort = Processes.freePort();
        List<String> broker = List.of(
                "--kafka-port", Integer.toString(kafkaPort),
                "--registry-port", Integer.toString(registryPort),
                "--data-dir", base.resolve("broker").toString());
        List<String> settings = List.of(
                "--set=kafka.bootstrap.servers=127.0.0.1:" + kafkaPort,
                "--set=schema.registry.url=http://127.0.0.1:" + registryPort,
                "--set=application.id=soak",
                "--set=topics.partitions=" + PARTITIONS,
                "--set=model.folder=" + models.toAbsolutePath());
        try (Child kafka =
                Child.start(io.patchstream.local.Main.class, BROKER_HEAP_MIB, broker, base.resolve("broker.log"))) {
            await(kafka, "READY bootstrap=");
            List<String> run = new ArrayList<>(List.of("run"));
            run.addAll(settings);
            try (Child processor = Child.start(
                            io.patchstream.stream.Main.class,
                            HEAP_MIB,
                            List.of("-Xms" + HEAP_MIB + "m", "-XX:+AlwaysPreTouch"),
                            run,
                            base.resolve("processor.log"));
                    Child generator = Child.start(
                            GeneratorProcess.class,
                            HEAP_MIB,
                            GeneratorProcess.arguments(
                                    kafkaPort,
                                    registryPort,
                                    base.resolve("acknowledged.log"),
                                    new Frames(SEED, CAMERAS, BROKEN_EVERY),
                                    PARTITIONS,
                                    framesPerSecond,
                                    true),
                            base.resolve("generator.log"))) {
                await(processor, "the engine is ready");
                return watch(report, base, models, names, settings, processor, generator);
            }
        }
    }

    /** The models, by name, in a folder where {@code current} names the first. */
    private List<String> putModels(Path models) throws IOException {
        List<String> names = new ArrayList<>();
        for (Path model :
                BenchModels.ofVariant(variant, spec.commandLine().getErr()).values()) {
            Path copy = models.resolve(model.getFileName());
            BenchModels.put(model, copy);
            names.add(model.getFileName().toString());
        }
        BenchModels.choose(models, names.get(0));
        return names;
    }

    private static void await(Child child, String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!child.hasSaid(text)) {
            if (!child.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("not started; see " + child.log());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private int watch(
            Report report,
            Path base,
            Path models,
            List<String> names,
            List<String> settings,
            Child processor,
            Child generator)
            throws Exception {
        List<Period> periods = new ArrayList<>();
        List<Double> samples = new ArrayList<>();
        int reloads = 0;
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        long nextReload = System.nanoTime() + TimeUnit.SECONDS.toNanos(reloadSeconds);
        while (System.nanoTime() < end && processor.isAlive() && generator.isAlive()) {
            TimeUnit.SECONDS.sleep(1);
            samples.add(processor.residentBytes() / 1048576.0);
            if (System.nanoTime() >= nextReload) {
                double hours = processor.age().toMillis() / 3_600_000.0;
                periods.add(new Period(hours, Rounds.median(samples)));
                samples.clear();
                report.say(
                        "%5.1f min: %7.1f MiB resident, %d models taken over",
                        hours * 60, periods.get(periods.size() - 1).mib(), processor.timesSaid(TAKEN));
                nextReload += TimeUnit.SECONDS.toNanos(reloadSeconds);
                reloads++;
                BenchModels.choose(models, names.get(reloads % names.size()));
            }
        }
        boolean lived = processor.isAlive() && generator.isAlive();
        // The last choice may need longer than the time that was left.
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        while (lived && processor.timesSaid(TAKEN) < reloads && System.nanoTime() < patience) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        long taken = processor.timesSaid(TAKEN);
        boolean stopped = generator.terminate(Duration.ofSeconds(STOP_SECONDS))
                && processor.terminate(Duration.ofSeconds(STOP_SECONDS));
        boolean balanced = isBalanced(base, settings);
        List<Period> counted = periods.stream()
                .filter(period -> period.hours() * 60 > warmUpMinutes)
                .toList();
        report.put("reloads", reloads);
        report.put("models_taken", taken);
        report.put("models_refused", processor.timesSaid(REFUSED));
        report.put("ledger_balanced", balanced);
        if (counted.size() > 1) {
            report.put("slope_mib_per_hour", slope(counted));
            report.put("mib_after_warm_up", counted.get(0).mib());
            report.put("mib_at_end", counted.get(counted.size() - 1).mib());
            report.say(
                    "resident memory after %d minutes: %.1f MiB, at the end %.1f MiB: %.1f MiB an hour by the median slope",
                    warmUpMinutes,
                    counted.get(0).mib(),
                    counted.get(counted.size() - 1).mib(),
                    slope(counted));
        }
        report.say(
                "%d changes asked for, %d models taken over, %d refused; ledger %s; processes %s",
                reloads,
                taken,
                processor.timesSaid(REFUSED),
                balanced ? "balanced" : "NOT BALANCED",
                lived ? stopped ? "stopped in good order" : "DID NOT STOP IN TIME" : "DIED");
        report.write(json);
        return lived && stopped && balanced && taken == reloads ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean isBalanced(Path base, List<String> settings) throws InterruptedException, IOException {
        List<String> check = new ArrayList<>(List.of("ledger", "check"));
        check.addAll(settings);
        try (Child ledger =
                Child.start(io.patchstream.stream.Main.class, BROKER_HEAP_MIB, check, base.resolve("ledger.log"))) {
            boolean ended = ledger.awaitEnd(Duration.ofSeconds(LEDGER_SECONDS));
            Files.readAllLines(ledger.log()).forEach(spec.commandLine().getOut()::println);
            spec.commandLine().getOut().flush();
            return ended && ledger.exitCode() == ExitCode.OK;
        }
    }

    /** Theil and Sen's: the median of the slopes of all pairs, which single periods do not move. */
    private static double slope(List<Period> periods) {
        List<Double> slopes = new ArrayList<>();
        for (int i = 0; i < periods.size(); i++) {
            for (int j = i + 1; j < periods.size(); j++) {
                Period a = periods.get(i);
                Period b = periods.get(j);
                slopes.add((b.mib() - a.mib()) / (b.hours() - a.hours()));
            }
        }
        return Rounds.median(slopes);
    }
}
