package io.patchstream.stream.operate;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.infer.Cuda;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.settings.ComputeSettings.Device;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.encoded.DecodeLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;

/** What stands on this machine: Java, native libraries, GPU, model, disks. Asks no broker. */
final class MachineCheck {
    private static final int LEAST_JAVA = 17;
    private static final long LOW_BYTES = 1L << 30;
    private static final long NO_BYTES = 100L << 20;
    private static final String BUILD = "./mvnw -Dquick -pl stream-processor -am package";

    private final Settings settings;

    MachineCheck(Settings settings) {
        this.settings = settings;
    }

    List<Finding> check() {
        List<Finding> findings = new ArrayList<>(List.of(java(), javaCv()));
        Finding runtime = onnxRuntime();
        findings.add(runtime);
        if (runtime.level() == Finding.Level.OK) {
            findings.add(gpu());
            findings.addAll(model());
        }
        findings.add(disk(
                "state.dir",
                settings.stream().stateDir(),
                "set state.dir to a folder that can be written and has room"));
        findings.add(disk(
                "tmp",
                Path.of(System.getProperty("java.io.tmpdir")),
                "PATCHSTREAM_JAVA_OPTS=-Djava.io.tmpdir=DIR ./patchstream ... (native libraries are unpacked there)"));
        return findings;
    }

    private static Finding java() {
        int version = Runtime.version().feature();
        String says = "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        return version >= LEAST_JAVA
                ? Finding.ok("java", says)
                : Finding.fail("java", says + "; 17 or newer is needed", "set JAVA_HOME to a JDK 17 or newer");
    }

    /** Loads it and decodes a picture that Java itself wrote. */
    private static Finding javaCv() {
        int side = 16;
        try (ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "jpeg", jpeg);
            int width = decoder.decode(jpeg.toByteArray()).width();
            return width == side
                    ? Finding.ok("javacv", "loads, and decodes a JPEG")
                    : Finding.fail("javacv", "decodes a JPEG of width " + side + " as one of " + width, BUILD);
        } catch (Exception | LinkageError e) {
            return Finding.fail("javacv", "does not decode: " + e, BUILD);
        }
    }

    private static Finding onnxRuntime() {
        try {
            // Asking what it was built with loads its libraries.
            Optional<String> noCuda = Cuda.missing();
            return Finding.ok("onnxruntime", "loads" + (noCuda.isEmpty() ? ", with CUDA" : ""));
        } catch (RuntimeException | LinkageError e) {
            return Finding.fail("onnxruntime", "does not load: " + e, BUILD);
        }
    }

    private Finding gpu() {
        Device device = settings.compute().device();
        Optional<String> missing = Cuda.missing();
        if (missing.isEmpty()) {
            return Finding.ok("gpu", Cuda.describe());
        } else if (device == Device.CUDA || device == Device.TENSORRT) {
            return Finding.fail(
                    "gpu",
                    "engine.device is " + device.name().toLowerCase(Locale.ROOT) + ", and " + missing.get(),
                    "./mvnw -Dquick -Pgpu -pl stream-processor -am package on a machine with NVIDIA's driver,"
                            + " or set engine.device=auto");
        }
        return Finding.ok("gpu", "none (" + missing.get() + "): the CPU is used");
    }

    /** Opens it as run does: contract, inputs, outputs, golden frames; and holds the rules on labels against it. */
    private List<Finding> model() {
        try (FrameEngine engine = Engines.open(settings)) {
            List<Finding> findings = new ArrayList<>(List.of(Finding.ok(
                    "model",
                    engine.model().contract().name() + ", sha256 "
                            + engine.model().sha256().substring(0, 12) + ", "
                            + (settings.model().goldenRequired()
                                    ? "golden frames agree, "
                                    : "golden frames not required, ")
                            + engine.model().engine())));
            if (settings.rules().isOn()) {
                findings.add(rules(engine.model().contract().labels()));
            }
            return findings;
        } catch (IOException | RuntimeException e) {
            return List.of(
                    Finding.fail(
                            "model",
                            e.getMessage() == null ? e.toString() : e.getMessage(),
                            settings.model().topic().isEmpty()
                                    ? "set model to a file that ./patchstream export wrote, its golden frames beside it"
                                    : "./patchstream models list shows what is published; ./patchstream models publish FILE another"));
        }
    }

    private Finding rules(List<String> labels) {
        String file = settings.rules().file().toString();
        try {
            settings.rules().check(labels);
            return Finding.ok(
                    "rules", settings.rules().rules().size() + " in " + file + ", of labels that the model knows");
        } catch (SettingsException e) {
            return Finding.fail(
                    "rules", String.join("; ", e.problems()), "./patchstream rules check " + file + "  # and mend it");
        }
    }

    private static Finding disk(String subject, Path folder, String mend) {
        Path there = folder.toAbsolutePath();
        try {
            while (!Files.exists(there)) {
                there = there.getParent();
            }
            Files.delete(Files.createTempFile(there, "patchstream-doctor", ""));
            long free = Files.getFileStore(there).getUsableSpace();
            String says = folder + ": " + (free >> 20) + " MiB free";
            if (free < NO_BYTES) {
                return Finding.fail(subject, says, mend);
            }
            return free < LOW_BYTES ? Finding.warn(subject, says, mend) : Finding.ok(subject, says);
        } catch (IOException | RuntimeException e) {
            return Finding.fail(subject, folder + " cannot be written: " + e, mend);
        }
    }
}
