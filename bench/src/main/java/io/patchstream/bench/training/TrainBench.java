package io.patchstream.bench.training;

import io.patchstream.bench.Report;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.torch.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench train}: the trainer's step beside PyTorch and timm. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Steps of training (forward, backward, clipping, AdamW, running average) of our trainer and, with --python, of",
            "PyTorch and timm, from the same weights on the same batch, in interleaved rounds. Says whether their losses",
            "are the same. Exit code 1 when they are not."
        })
public final class TrainBench implements Callable<Integer> {
    private static final String SCRIPT = "timm_peer.py";
    /** Two libraries' sums in float32 and bfloat16 after a few steps. */
    private static final Map<Precision, Double> TOLERANCE = Map.of(Precision.FP32, 1e-3, Precision.BF16, 3e-2);

    private static final int MEMORY_READINGS = 10;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--python",
            paramLabel = "PROGRAM",
            description = "A Python with torch, timm, numpy and safetensors, to measure that too.")
    private Path python;

    @Option(
            names = "--models",
            paramLabel = "NAME",
            split = ",",
            description = "Of CCT-4/3x3, ViT-Ti/16 and ViT-S/16; all by default.")
    private List<String> models = TrainingCase.MODELS;

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,2",
            description = "Threads of libtorch and of PyTorch (${DEFAULT-VALUE}).")
    private List<Integer> threads;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "0",
            description = "Pictures of a step; by default 128, 16 and 8.")
    private int batch;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "About how long each side works in a round (${DEFAULT-VALUE}); a step at least.")
    private double seconds;

    @Option(
            names = "--memory-steps",
            paramLabel = "N",
            defaultValue = "0",
            description = "Instead: resident memory of our trainer over so many steps of the first model.")
    private int memorySteps;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures.")
    private Path json;

    @Override
    public Integer call() throws Exception {
        for (String model : models) {
            if (!TrainingCase.MODELS.contains(model)) {
                spec.commandLine().getErr().println("no model " + model + "; there are " + TrainingCase.MODELS);
                return 2;
            }
        }
        Report report = new Report("train", spec.commandLine().getOut());
        boolean same = true;
        Path folder = Files.createTempDirectory("patchstream-bench");
        try {
            copyScript(folder);
            if (memorySteps > 0) {
                memory(report, folder);
            } else {
                same = compare(report, folder);
            }
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
        report.write(json);
        return same ? 0 : 1;
    }

    private static void copyScript(Path folder) throws IOException {
        try (InputStream source = TrainBench.class.getResourceAsStream(SCRIPT)) {
            Files.copy(source, folder.resolve(SCRIPT));
        }
    }

    private boolean compare(Report report, Path folder) throws IOException {
        List<Precision> precisions =
                LibTorch.fastest() == Precision.BF16 ? List.of(Precision.values()) : List.of(Precision.FP32);
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean same = true;
        for (String model : models) {
            for (Precision precision : precisions) {
                for (int each : threads) {
                    TrainingCase work = TrainingCase.of(model, batch, precision, each);
                    work.write(folder);
                    report.say("%s", work.name());
                    same &= compare(report, work, folder, precision, rows);
                }
            }
        }
        report.put("trainings", rows);
        return same;
    }

    private boolean compare(
            Report report, TrainingCase work, Path folder, Precision precision, List<Map<String, Object>> rows)
            throws IOException {
        try (Side ours = Side.ours(folder);
                Side theirs = python == null ? null : Side.theirs(python, folder.resolve(SCRIPT), folder)) {
            Contest contest = new Contest(work, ours, Optional.ofNullable(theirs));
            contest.run(rounds, seconds);
            rows.add(contest.figures());
            contest.lines().forEach(line -> report.say("%s", line));
            return contest.lossesAgree(TOLERANCE.get(precision));
        }
    }

    private void memory(Report report, Path folder) throws IOException {
        TrainingCase work = TrainingCase.of(models.get(0), batch, LibTorch.fastest(), threads.get(0));
        work.write(folder);
        report.say("%s", work.name());
        List<Double> resident = new ArrayList<>();
        // All of its heap is resident from the start, so that what grows is native.
        try (Side ours = Side.ours(folder, "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch")) {
            for (int i = 0; i < MEMORY_READINGS; i++) {
                ours.take(Math.max(1, memorySteps / MEMORY_READINGS));
                resident.add(ours.residentMib());
                report.say("%6d steps: %.0f MiB resident", (i + 1) * memorySteps / MEMORY_READINGS, ours.residentMib());
            }
        }
        report.put("training", work.name());
        report.put("resident_mib", resident);
    }
}
