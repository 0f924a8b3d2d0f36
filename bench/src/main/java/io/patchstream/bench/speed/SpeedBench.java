package io.patchstream.bench.speed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.bench.BenchModels;
import io.patchstream.bench.DeviceOption;
import io.patchstream.bench.Processes;
import io.patchstream.bench.Report;
import io.patchstream.stream.infer.Provider;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.MultiplyAdds;
import io.patchstream.trainer.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench speed}: which architecture is how fast at which input size, and how many pictures of it memory holds. */
@Command(
        name = "speed",
        mixinStandardHelpOptions = true,
        description = {
            "Images a second at the best batch, and the largest batch that fits into memory, by architecture, input size and",
            "precision, from random weights (the ViT paper's appendix D.5). Speed is what profile measures, memory is that of",
            "a process that runs one batch at a time. The same command goes on where it was stopped."
        })
public final class SpeedBench implements Callable<Integer> {
    private static final int CLASSES = 1000;
    private static final int LARGEST_TRIED = 4096;
    private static final double MOST_OF_FREE_MEMORY = 0.8;
    private static final Pattern PATCH = Pattern.compile(".*ViT-.*/(\\d+)");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--models",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "ViT-Ti/16,ViT-S/16,ViT-B/32,ViT-B/16,R26+ViT-S/32,BiT-R50x1",
            description = "Any that train knows, such as ViT-L/16, ViT-H/14, BiT-R152x4 (${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(
            names = "--sizes",
            paramLabel = "PX",
            split = ",",
            defaultValue = "64,128,224,384,512",
            description = "Sides of the input, rounded down to whole patches (${DEFAULT-VALUE}).")
    private List<Integer> sizes;

    @Option(
            names = "--precisions",
            paramLabel = "P",
            split = ",",
            description = "Of fp32, int8 and fp16; by default fp32 and, on a CPU, int8, on a GPU fp16.")
    private List<String> precisions;

    @Mixin
    private DeviceOption device;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "About how long a model's speed is measured (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--max-batch",
            paramLabel = "B",
            defaultValue = "64",
            description = "The largest batch whose speed is measured (${DEFAULT-VALUE}).")
    private int maxBatch;

    @Option(
            names = "--memory-mib",
            paramLabel = "MIB",
            defaultValue = "2048",
            description =
                    "Resident memory that a process may have, model and a Java heap of 96 MiB included; 0 leaves largest"
                            + " batches out (${DEFAULT-VALUE}). On a GPU its own memory is the limit.")
    private long memoryMib;

    @Option(
            names = "--memory-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long a batch may take that is tried for its memory; larger ones are told by a line"
                    + " (${DEFAULT-VALUE}).")
    private int memorySeconds;

    @Option(names = "--keep-models", description = "Leaves the exported models in DIR/models for another run.")
    private boolean keepModels;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where table, curves and JSON go.")
    private Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        refuseTooMuchMemory();
        List<ModelConfig> configs = models.stream()
                .flatMap(model -> sizes.stream().map(size -> config(model, size)))
                .toList();
        Files.createDirectories(out);
        Report report = new Report("speed", spec.commandLine().getOut());
        SpeedTable table = new SpeedTable(out, report);
        for (String precision : precisions == null ? usualPrecisions(device.provider()) : precisions) {
            for (ModelConfig config : configs) {
                // A ResNet has no dense layers that could be.
                if (!precision.equals("int8") || config.layers() > 0) {
                    measure(table, report, config, precision);
                }
            }
        }
        table.write().forEach(line -> report.say("%s", line));
        return 0;
    }

    private void refuseTooMuchMemory() {
        long free = Processes.memory("MemAvailable").orElse(Long.MAX_VALUE) / 1024;
        if (memoryMib > MOST_OF_FREE_MEMORY * free) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--memory-mib is " + memoryMib + ", and " + free + " MiB are free: give no more than "
                            + (long) (MOST_OF_FREE_MEMORY * free));
        }
    }

    private static List<String> usualPrecisions(Provider device) {
        return List.of("fp32", device.onNvidia() ? "fp16" : "int8");
    }

    /** The variant at this size, less what is no whole patch. */
    private ModelConfig config(String model, int size) {
        Matcher patch = PATCH.matcher(model);
        int whole = patch.matches() ? size - size % Integer.parseInt(patch.group(1)) : size;
        if (whole < 1) {
            throw new ParameterException(spec.commandLine(), model + " at " + size + " px: not one patch");
        }
        try {
            return ModelVariants.named(model, whole, CLASSES);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), model + " at " + size + " px: " + e.getMessage(), e);
        }
    }

    /** As the table has it and as it is asked for. */
    private static String name(Provider device) {
        return device.name().toLowerCase(Locale.ROOT);
    }

    private void measure(SpeedTable table, Report report, ModelConfig config, String precision)
            throws IOException, InterruptedException {
        Speed row = table.row(config.name(), config.imageSize(), precision, name(device.provider()))
                .orElse(null);
        boolean memory = memoryMib > 0;
        if (row != null && (!memory || row.largest() != null && isWithinLimit(row))) {
            return;
        }
        Path folder = out.resolve("models").resolve(fileName(config, precision));
        Path model = folder.resolve("model.onnx");
        if (!Files.exists(model)) {
            BenchModels.export(
                    config.name(),
                    precision,
                    config.imageSize(),
                    model,
                    spec.commandLine().getErr());
        }
        if (row == null) {
            row = profile(model, config, precision);
            table.put(row);
            report.say("%s %s at %d px: %.2f images/s", row.model(), row.precision(), row.size(), row.perSecond());
        }
        if (memory) {
            row = row.with(largest(model, row));
            table.put(row);
            report.say(
                    "%s %s at %d px: batches of %s%d",
                    row.model(),
                    row.precision(),
                    row.size(),
                    row.largest().shown() ? "" : "about ",
                    row.largest().pictures());
        }
        if (!keepModels) {
            delete(folder);
        }
    }

    private boolean isWithinLimit(Speed row) {
        return Speed.isGpu(row.engine()) || row.largest().limitMib() == memoryMib;
    }

    private static String fileName(ModelConfig config, String precision) {
        return config.name().toLowerCase(Locale.ROOT).replace('/', '-') + "-" + config.imageSize() + "-" + precision;
    }

    /** What {@code profile} finds, in a process of its own as it is from a shell. */
    private Speed profile(Path model, ModelConfig config, String precision) throws IOException, InterruptedException {
        Process process = Processes.java(List.of(
                        "-Dlogback.configurationFile=logback-bench.xml",
                        io.patchstream.stream.Main.class.getName(),
                        "profile",
                        "--model",
                        model.toString(),
                        "--device",
                        device.provider().name(),
                        "--seconds",
                        Integer.toString(seconds),
                        "--max-batch",
                        Integer.toString(maxBatch)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("profile of " + model + " failed with exit code " + process.exitValue());
            }
        } finally {
            process.destroyForcibly();
        }
        JsonNode profile = new JsonMapper()
                .readTree(model.resolveSibling("model.profile.json").toFile());
        JsonNode best = matching(profile.get("forms"), "form", profile.get("form"));
        JsonNode curve = matching(profile.get("service_curve"), "batch", best.get("batch"));
        String engine = profile.get("engine").textValue();
        int batch = best.get("batch").intValue();
        int threads = profile.at("/form/threads_per_caller").intValue();
        double perSecond = best.get("pictures_per_second").doubleValue();
        boolean byCpuTime = threads == 1 && !Speed.isGpu(engine);
        return new Speed(
                config.name(),
                config.imageSize(),
                precision,
                name(device.provider()),
                engine,
                ParameterLayout.of(config).count(),
                MultiplyAdds.of(config),
                perSecond,
                byCpuTime
                        ? batch / curve.get("seconds").doubleValue()
                        : perSecond
                                / (Speed.isGpu(engine)
                                        ? 1
                                        : profile.get("cores").intValue()),
                byCpuTime,
                batch,
                profile.at("/form/callers").intValue(),
                threads,
                null);
    }

    private static JsonNode matching(JsonNode all, String key, JsonNode value) {
        for (JsonNode one : all) {
            if (one.get(key).equals(value)) {
                return one;
            }
        }
        throw new IllegalStateException("the profile has no " + key + " " + value + " among " + all);
    }

    private LargestBatch largest(Path model, Speed row) throws IOException, InterruptedException {
        long limit = Speed.isGpu(row.engine()) ? 0 : memoryMib;
        double perCaller = row.perSecond() / row.callers();
        // The engine's pixels of a batch are one piece of memory.
        int addressable = Integer.MAX_VALUE / (3 * row.size() * row.size());
        int most = (int) Math.max(2, Math.min(Math.min(LARGEST_TRIED, addressable), memorySeconds * perCaller));
        return LargestBatch.within(
                limit, most, pictures -> BatchProcess.run(model, device.provider(), row.threads(), pictures, limit));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
