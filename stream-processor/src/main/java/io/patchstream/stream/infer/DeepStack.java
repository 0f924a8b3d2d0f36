package io.patchstream.stream.infer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Calls ONNX Runtime where it has stack enough. Seen on 2026-11-23 with 1.29.0 on Linux: creating a session matches a
 * regular expression against {@code /proc/self/cmdline} with libstdc++'s recursive matcher, about 150 bytes of stack for
 * each character. A class path of 10 KB on the command line overflows a Java thread's 1 MB, and the process dies of
 * SIGSEGV without a word.
 */
final class DeepStack {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final long BYTES_PER_CHARACTER = 512;
    private static final long LEAST = 4L << 20;

    private DeepStack() {}

    /** What {@code call} gives or throws, from a thread of its own whose stack suits the command line. */
    static <T> T call(Supplier<T> call) {
        FutureTask<T> task = new FutureTask<>(call::get);
        Thread thread = new Thread(null, task, "model-load", LEAST + BYTES_PER_CHARACTER * commandLineLength());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    // Loading cannot be given up half-way.
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException unchecked) {
                        throw unchecked;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long commandLineLength() {
        try {
            // Its size is 0 to the file system: it must be read.
            return Files.isReadable(COMMAND_LINE) ? Files.readAllBytes(COMMAND_LINE).length : 0;
        } catch (IOException e) {
            return 1 << 20;
        }
    }
}
