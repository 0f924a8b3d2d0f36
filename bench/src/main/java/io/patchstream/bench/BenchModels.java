package io.patchstream.bench;

import io.patchstream.trainer.export.ExportVerb;
import io.patchstream.vision.model.GoldenFrames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;

/** The models that are measured: those named, or a ViT of random weights that is exported once and kept. */
public final class BenchModels {
    private static final int SIZE = 224;

    private BenchModels() {}

    /** By name: {@code fp32} and {@code int8} of the variant, such as {@code ViT-Ti/16}. */
    public static Map<String, Path> ofVariant(String variant, PrintWriter progress) throws IOException {
        Map<String, Path> models = new LinkedHashMap<>();
        for (String precision : new String[] {"fp32", "int8"}) {
            String name = variant.toLowerCase(Locale.ROOT).replace('/', '-') + "-" + precision + ".onnx";
            Path file = Files.createDirectories(cache()).resolve(name);
            if (!Files.exists(file)) {
                export(variant, precision, SIZE, file, progress);
            }
            models.put(precision, file);
        }
        return models;
    }

    /**
     * Exports a model of random weights and a thousand classes.
     *
     * @param size H = W of its input
     */
    public static void export(String variant, String precision, int size, Path file, PrintWriter progress)
            throws IOException {
        progress.println(
                "exporting " + variant + " at " + size + " px with random weights, " + precision + ", to " + file);
        progress.flush();
        int exit = new CommandLine(new ExportVerb())
                .setOut(progress)
                .setErr(progress)
                .execute(
                        "--random",
                        variant,
                        "--precision",
                        precision,
                        "--image-size",
                        Integer.toString(size),
                        "--out",
                        file.toString());
        if (exit != 0) {
            throw new IOException("exporting " + variant + " failed with exit code " + exit);
        }
    }

    /** Puts a model into a folder that is followed, its golden frames first. */
    public static void put(Path model, Path copy) throws IOException {
        Files.copy(GoldenFrames.beside(model), GoldenFrames.beside(copy), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(model, copy, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Lets {@code current} of a folder that is followed name one of its models. */
    public static void choose(Path models, String name) throws IOException {
        Path next = Files.writeString(models.resolve(".current"), name + "\n");
        Files.move(
                next, models.resolve("current"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path cache() {
        String home = System.getenv("XDG_CACHE_HOME");
        Path base = home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(home);
        return base.resolve("patchstream").resolve("bench");
    }
}
