package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bench idle}: what {@code run} takes while nothing is to be done, with the live page and without it, unwatched: the
 * time until it is ready, CPU, resident memory, threads. Whole processes, in turns, beside one broker.
 */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description = {
            "What run takes while nothing is to be done, with the live page and without it: seconds from the JVM's start",
            "until it is ready, CPU, resident memory, threads. Whole processes in turns, beside one broker. On Linux."
        })
final class IdleBench implements Callable<Integer> {
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Starts of each (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--settle",
            paramLabel = "S",
            defaultValue = "15",
            description = "Seconds after it is ready that do not count (${DEFAULT-VALUE}).")
    private int settle;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "Seconds that count (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--model", paramLabel = "FILE", description = "The model; by default the demo's.")
    private Path model;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || settle < 0 || seconds < 1) {
            spec.commandLine().getErr().println("--rounds and --seconds must be at least 1, --settle at least 0");
            return ExitCode.USAGE;
        } else if (!Files.isDirectory(Path.of("/proc/self"))) {
            spec.commandLine().getErr().println("what a process takes is read from /proc, which is not here");
            return ExitCode.SOFTWARE;
        }
        Report report = new Report("idle", spec.commandLine().getOut());
        Map<String, List<IdleProcess.Figures>> figures = new LinkedHashMap<>();
        figures.put("without the page", new ArrayList<>());
        figures.put("with the page", new ArrayList<>());
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults().withCloseAtExit(false))) {
            createTopics(kafka);
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, List<IdleProcess.Figures>> kind : figures.entrySet()) {
                    kind.getValue().add(measure(kafka, kind.getKey().startsWith("with "), round));
                }
            }
        }
        say(report, figures);
        report.write(json);
        return ExitCode.OK;
    }

    private static void createTopics(LocalKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(Topics.standard().toCreate(PARTITIONS, (short) 1))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private IdleProcess.Figures measure(LocalKafka kafka, boolean page, int round) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--set",
                "kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                "--set",
                "schema.registry.url=" + kafka.registryUrl(),
                // Nobody's partitions wait for the process before it.
                "--set",
                "application.id=bench-idle-" + round + (page ? "-page" : "")));
        if (model != null) {
            arguments.addAll(List.of("--set", "model=" + model.toAbsolutePath()));
        }
        try (IdleProcess process = IdleProcess.start(arguments, page)) {
            return process.measure(PATIENCE, Duration.ofSeconds(settle), Duration.ofSeconds(seconds));
        }
    }

    private void say(Report report, Map<String, List<IdleProcess.Figures>> figures) {
        report.say("%d starts of each, %d s idle after %d s; medians (least to most)", rounds, seconds, settle);
        report.say("%-18s %24s %26s %24s %9s", "", "ready after, s", "CPU, of one core", "resident, MB", "threads");
        figures.forEach((kind, of) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            String line = String.format(
                    java.util.Locale.ROOT,
                    "%-18s %24s %26s %24s %9.0f",
                    kind,
                    series(row, "ready_seconds", of, IdleProcess.Figures::readySeconds, "%.1f (%.1f to %.1f)"),
                    series(row, "cores", of, IdleProcess.Figures::cores, "%.3f (%.3f to %.3f)"),
                    series(row, "resident_mb", of, IdleProcess.Figures::residentMegabytes, "%.0f (%.0f to %.0f)"),
                    Rounds.median(of.stream().map(f -> (double) f.threads()).toList()));
            row.put("threads", of.stream().map(IdleProcess.Figures::threads).toList());
            report.say("%s", line);
            report.put(kind.replace(' ', '_'), row);
        });
    }

    private static String series(
            Map<String, Object> row,
            String name,
            List<IdleProcess.Figures> of,
            ToDoubleFunction<IdleProcess.Figures> figure,
            String format) {
        List<Double> all = of.stream().map(figure::applyAsDouble).toList();
        row.put(name, all);
        return String.format(
                java.util.Locale.ROOT,
                format,
                Rounds.median(all),
                all.stream().min(Double::compare).orElseThrow(),
                all.stream().max(Double::compare).orElseThrow());
    }
}
