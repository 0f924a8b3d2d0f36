package io.patchstream.stream.decode;

import static io.patchstream.vision.child.DecoderProcess.READY;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.child.DecoderStart;
import io.patchstream.vision.encoded.PictureFormat;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One decoder's process. It ends when its standard input does, so that it does not outlive this one, however this one ends.
 * Belongs to one thread.
 */
final class DecoderChild implements AutoCloseable {
    /** Kills those that are silent for too long; a daemon, which costs nothing while they answer. */
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private static final Path SHELL = Path.of("/bin/sh");

    private final Process process;
    private final Isolation isolation;
    private final DataOutputStream out;
    private final WritableByteChannel channel;
    private final DataInputStream in;
    private volatile boolean hung;

    /** Starts one and waits until it is ready. */
    @MustBeClosed
    DecoderChild(String program, DecoderStart start, Isolation isolation) throws IOException {
        this.isolation = isolation;
        ProcessBuilder builder = new ProcessBuilder(command(program, start, isolation)).redirectError(Redirect.DISCARD);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        // It takes memory for each of its threads when it is loaded, and nothing here calls it.
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        this.process = builder.start();
        this.out = new DataOutputStream(process.getOutputStream());
        this.channel = Channels.newChannel(out);
        this.in = new DataInputStream(process.getInputStream());
        try {
            if (answer() != READY) {
                throw new IOException("it does not speak as it should");
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "decoder-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    private static List<String> command(String program, DecoderStart start, Isolation isolation) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SHELL)) {
            // Linux counts a process's private writable memory against -d; native code then gets none, and says so.
            // No core of a crash: it would be as large as that, and a frame may cause many.
            command.addAll(List.of(
                    SHELL.toString(),
                    "-c",
                    "ulimit -c 0; ulimit -d " + (isolation.memoryBytes() >> 10) + " 2>/dev/null; exec \"$@\"",
                    "sh"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (isolation.memoryBytes() >> 11) + "k",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:ErrorFile=/dev/null",
                "-XX:+DisplayVMOutputToStderr",
                program));
        command.addAll(start.arguments());
        return command;
    }

    /** Sends a frame. */
    void send(Optional<PictureFormat> format, ByteBuffer payload) throws IOException {
        ScheduledFuture<?> end = endIn();
        try {
            out.writeInt(format.map(PictureFormat::ordinal).orElse(-1));
            out.writeInt(payload.remaining());
            while (payload.hasRemaining()) {
                channel.write(payload);
            }
            out.flush();
        } finally {
            end.cancel(false);
        }
    }

    /** What it says next: a byte of the protocol. */
    int answer() throws IOException {
        ScheduledFuture<?> end = endIn();
        try {
            int said = in.read();
            if (said < 0) {
                throw new EOFException("it ended");
            }
            return said;
        } finally {
            end.cancel(false);
        }
    }

    void read(byte[] picture) throws IOException {
        ScheduledFuture<?> end = endIn();
        try {
            in.readFully(picture);
        } finally {
            end.cancel(false);
        }
    }

    String text() throws IOException {
        return in.readUTF();
    }

    private ScheduledFuture<?> endIn() {
        return CLOCK.schedule(
                () -> {
                    hung = true;
                    process.destroyForcibly();
                },
                isolation.patience().toNanos(),
                TimeUnit.NANOSECONDS);
    }

    long pid() {
        return process.pid();
    }

    /** Whether it was killed because it was silent. */
    boolean hung() {
        return hung;
    }

    /** What became of it, once it has been closed. */
    String fate() {
        if (hung) {
            return "was silent for " + isolation.patience().toMillis() + " ms";
        }
        int exit = process.exitValue();
        return exit > 128 ? "ended by signal " + (exit - 128) : "ended with " + exit;
    }

    /** Ends it, and waits for that. May be called twice. */
    @Override
    public void close() {
        if (!hung && process.isAlive()) {
            // One that is ending anyway keeps what it ends with.
            try {
                out.close();
                if (!process.waitFor(1, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (IOException e) {
                // It does not listen any more.
                process.destroyForcibly();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        process.onExit().join();
    }
}
