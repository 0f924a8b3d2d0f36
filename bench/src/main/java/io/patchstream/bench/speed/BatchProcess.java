package io.patchstream.bench.speed;

import io.patchstream.bench.Processes;
import io.patchstream.stream.flight.BatchRunner;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.infer.Accelerator;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.infer.ModelNeeds;
import io.patchstream.stream.infer.OnnxModel;
import io.patchstream.stream.infer.Provider;
import io.patchstream.stream.infer.SessionSettings;
import io.patchstream.vision.DecodeScale;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** A process that loads a model, runs batches of one size, and says how much memory that took. */
final class BatchProcess {
    /** All of it resident from the start, so that what differs between batches is theirs. */
    private static final int HEAP_MIB = 96;

    private static final int MOST_PIXELS_MIB = 2048;

    private static final long LOOK_NANOS = 10_000_000;
    private static final int RUNS = 2;
    private static final String FULL = "full";

    private BatchProcess() {}

    /**
     * Runs it; it ends itself as soon as it has more than the limit resident.
     *
     * @param limitMib 0 where the device's own memory is the limit
     */
    static LargestBatch.Tried run(Path model, Provider device, int threads, int pictures, long limitMib)
            throws IOException, InterruptedException {
        Process process = Processes.java(List.of(
                        "-Xms" + HEAP_MIB + "m",
                        "-Xmx" + HEAP_MIB + "m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:MaxDirectMemorySize=" + Math.max(MOST_PIXELS_MIB, limitMib) + "m",
                        "-Dlogback.configurationFile=logback-bench.xml",
                        BatchProcess.class.getName(),
                        model.toString(),
                        device.name(),
                        Integer.toString(threads),
                        Integer.toString(pictures),
                        Long.toString(limitMib)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            process.waitFor();
            if (said.contains(FULL)) {
                return new LargestBatch.Tried(pictures, false, 0);
            } else if (process.exitValue() != 0) {
                throw new IOException(
                        "a batch of " + pictures + " of " + model + " failed with exit code " + process.exitValue());
            }
            String[] mib = said.split(" ", -1);
            double most = Math.max(Double.parseDouble(mib[0]), Double.parseDouble(mib[1]));
            return limitMib == 0
                    ? new LargestBatch.Tried(pictures, true, 0)
                    : new LargestBatch.Tried(pictures, most <= limitMib, Double.parseDouble(mib[1]));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    public static void main(String[] args) throws IOException, InferenceException {
        int pictures = Integer.parseInt(args[3]);
        watch(Long.parseLong(args[4]));
        SessionSettings settings = new SessionSettings(
                Provider.valueOf(args[1]),
                Integer.parseInt(args[2]),
                true,
                1,
                DecodeScale.FULL,
                Accelerator.NONE.withMaxBatch(pictures),
                ModelKeys.NONE,
                ModelNeeds.NONE);
        try (OnnxModel model = OnnxModel.open(Path.of(args[0]), settings);
                BatchRunner runner = model.newRunner(pictures)) {
            double loading = mostMib();
            forgetMost();
            int bytes = model.served().contract().preprocessing().byteSize();
            List<ByteBuffer> grey = Collections.nCopies(pictures, ByteBuffer.allocateDirect(bytes));
            // ONNX Runtime plans the memory of a shape at its first run, and takes it in one piece at the second.
            for (int run = 0; run < RUNS; run++) {
                runner.run(grey);
            }
            System.out.printf(Locale.ROOT, "%.1f %.1f%n", loading, mostMib());
        } catch (InferenceException e) {
            if (!e.outOfMemory()) {
                throw e;
            }
            System.out.println(FULL);
        }
    }

    /** Ends this process as soon as it has more than the limit resident, whether or not the one that began it still lives. */
    private static void watch(long limitMib) {
        Thread watch = new Thread(
                () -> {
                    while (Processes.status(ProcessHandle.current().pid(), "VmRSS")
                                    .orElse(0)
                            <= limitMib * 1024) {
                        LockSupport.parkNanos(LOOK_NANOS);
                    }
                    System.out.println(FULL);
                    System.out.flush();
                    Runtime.getRuntime().halt(0);
                },
                "memory-watch");
        watch.setDaemon(true);
        if (limitMib > 0) {
            watch.start();
        }
    }

    private static double mostMib() {
        return Processes.status(ProcessHandle.current().pid(), "VmHWM").orElse(0) / 1024.0;
    }

    /** Linux: the most that was resident begins anew at what is resident now. */
    private static void forgetMost() throws IOException {
        Path file = Path.of("/proc/self/clear_refs");
        if (Files.isWritable(file)) {
            Files.writeString(file, "5");
        }
    }
}
