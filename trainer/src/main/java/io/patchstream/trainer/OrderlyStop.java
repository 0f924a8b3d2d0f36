package io.patchstream.trainer;

import io.patchstream.trainer.distributed.CollectiveException;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.train.TrainingStoppedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * SIGTERM and Ctrl-C as an orderly end: the thread at work is interrupted, closes what it opened, and only then the JVM ends.
 *
 * <p>Why the JVM is halted: an exit runs the destructors of native libraries while other threads may still be in their code, and
 * libtorch dies of it.
 */
final class OrderlyStop implements AutoCloseable {
    /** What a shell sees of a process that SIGTERM ended. */
    private static final int TERMINATED = 128 + 15;

    /** How long the step under way, and saving after it, may take after a signal. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    private OrderlyStop(Thread working) {
        hook = new Thread(() -> end(working), "orderly-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** A training, which saves what it has when its thread is interrupted. */
    @FunctionalInterface
    interface Work {
        int run() throws IOException, InterruptedException;
    }

    /** Does the work of a verb, and says so when a signal stopped it, it was misused or it failed; the exit code. */
    static int during(CommandSpec verb, Work work) {
        try (OrderlyStop stop = new OrderlyStop(Thread.currentThread())) {
            try {
                return work.run();
            } catch (InterruptedException e) {
                verb.commandLine().getErr().println("stopped; the same command goes on from here");
                return TERMINATED;
            } catch (RecipeException | IllegalArgumentException e) {
                throw new ParameterException(verb.commandLine(), e.getMessage(), e);
            } catch (IOException | TrainingStoppedException | CollectiveException e) {
                verb.commandLine().getErr().println(e.getMessage());
                return 1;
            }
        }
    }

    private void end(Thread working) {
        working.interrupt();
        try {
            closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(TERMINATED);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already: the hook goes on as soon as it is scheduled.
        }
    }
}
