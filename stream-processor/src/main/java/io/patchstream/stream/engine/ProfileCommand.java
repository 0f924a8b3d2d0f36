package io.patchstream.stream.engine;

import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.infer.Provider;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code profile}: measures a model on this device and keeps what it learns beside it. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a model on this device: how many batches at a time with how many threads each, and what batches of",
            "each size take. Writes MODEL.profile.json beside the model; whatever serves it here then starts with that."
        })
public final class ProfileCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "FILE", description = "The model's ONNX file; by default the demo's.")
    private Path model;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "20",
            description = "For how long (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--max-batch",
            paramLabel = "B",
            defaultValue = "64",
            description = "The largest batch (${DEFAULT-VALUE}).")
    private int maxBatch;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "AUTO",
            description = "As engine.device: auto, cpu, cuda or tensorrt (${DEFAULT-VALUE}).")
    private Provider device;

    @Option(
            names = "--unchecked",
            description = "Take a model that has no golden frames beside it, and so cannot be checked.")
    private boolean unchecked;

    @Override
    public Integer call() throws IOException, InferenceException, InterruptedException {
        if (seconds < 1 || maxBatch < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds is " + seconds + " and --max-batch is " + maxBatch + "; both must be at least 1");
        }
        Path file = model == null ? DemoModel.locate() : model;
        EngineSettings settings =
                EngineSettings.defaults().on(device).withMaxBatch(maxBatch).withGoldenRequired(!unchecked);
        DeviceProfile profile = new Profiler(file, settings).measure(Duration.ofSeconds(seconds));
        profile.writeBeside(file);
        print(profile, DeviceProfile.fileOf(file));
        return ExitCode.OK;
    }

    private void print(DeviceProfile profile, Path file) {
        PrintWriter out = spec.commandLine().getOut();
        profile.forms()
                .forEach(form -> out.printf(
                        Locale.ROOT,
                        "%-24s batch %2d  %8.1f pictures/s%s%n",
                        form.form(),
                        form.batch(),
                        form.picturesPerSecond(),
                        form.form().equals(profile.form()) ? "  <- chosen" : ""));
        out.printf(
                "s(b) in ms: %s%n",
                profile.serviceCurve().stream()
                        .map(point -> String.format(Locale.ROOT, "%d=%.3f", point.batch(), point.seconds() * 1e3))
                        .collect(Collectors.joining(",")));
        out.printf("written to %s%n", file);
        out.flush();
    }
}
