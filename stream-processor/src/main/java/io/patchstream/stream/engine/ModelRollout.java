package io.patchstream.stream.engine;

import io.patchstream.stream.engine.ModelFolder.Version;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.InferenceException;
import io.patchstream.stream.flight.ThreadCrew;
import io.patchstream.vision.NativeMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of the {@code model-rollout-0} thread: looks at the models folder, and when another model is chosen there,
 * loads it beside the one in force, proves and warms it, and lets it take over. One that may not be served is refused
 * aloud, once, and the model in force stays.
 *
 * <p>A file that is being written is left alone: a choice counts when two looks in succession find the same. One that
 * changes while it is loaded is given up and looked at again.
 */
final class ModelRollout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRollout.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LookAheadEngine engine;
    private final ModelFolder folder;
    private final EngineSettings settings;
    private final Duration every;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final LongAdder refusals;
    private final BatchMemory memory;
    private final ThreadCrew crew;

    // The thread's alone once it runs.
    private final Map<Path, Version> refused;
    private Version inForce;
    private Version seen;

    /**
     * Starts the thread.
     *
     * @param inForce what {@code engine} serves
     * @param refused what was refused at the start, by file
     * @param memory what models are measured in
     * @param refusals counts them
     * @param every how long from look to look
     */
    ModelRollout(
            LookAheadEngine engine,
            ModelFolder folder,
            EngineSettings settings,
            Version inForce,
            Map<Path, Version> refused,
            BatchMemory memory,
            LongAdder refusals,
            Duration every) {
        this.engine = engine;
        this.folder = folder;
        this.settings = settings;
        this.inForce = inForce;
        this.refused = new HashMap<>(refused);
        this.memory = memory;
        this.refusals = refusals;
        this.every = every;
        this.crew = new ThreadCrew(
                "model-rollout",
                1,
                PATIENCE,
                i -> this::run,
                e -> LOG.atError()
                        .setCause(e)
                        .log("the models folder is looked at no longer; the model in force stays"));
    }

    private void run() {
        try {
            while (!stop.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once. */
    void look() throws InterruptedException {
        try {
            Version chosen = folder.chosen();
            if (!chosen.equals(seen)) {
                seen = chosen;
            } else if (!chosen.equals(inForce) && !chosen.equals(refused.get(chosen.file()))) {
                try {
                    rollOut(chosen);
                } finally {
                    // One model was closed, and allocators keep what it took: 20 MiB a change and more, for small ones.
                    NativeMemory.trim();
                }
            }
        } catch (IOException e) {
            // A file that went between listing and reading it, or a file system that is away: the next look tells.
            LOG.atDebug().setCause(e).log("the models folder could not be read");
        }
    }

    private void rollOut(Version chosen) throws InterruptedException, IOException {
        if (!chosen.problem().isEmpty()) {
            refuse(chosen, chosen.problem(), null);
            return;
        }
        LOG.atInfo().addKeyValue("model", chosen.file()).log("a model is loaded beside the one in force");
        MeasuredModel next;
        try {
            next = MeasuredModel.load(chosen.file(), settings, memory);
        } catch (InferenceException | IOException | RuntimeException | OutOfMemoryError e) {
            // Whatever a broken file makes of the code that reads it, the model in force stays.
            if (chosen.equals(folder.chosen())) {
                refuse(chosen, String.valueOf(e.getMessage()), e);
            }
            return;
        }
        if (!isStill(chosen)) {
            next.model().close();
        } else if (next.model().served().sha256().equals(engine.model().sha256())) {
            next.model().close();
            inForce = chosen;
            LOG.atInfo().addKeyValue("model", chosen.file()).log("the model in force was chosen again");
        } else {
            takeOver(chosen, next);
        }
    }

    private boolean isStill(Version chosen) {
        try {
            return chosen.equals(folder.chosen());
        } catch (IOException e) {
            return false;
        }
    }

    private void takeOver(Version chosen, MeasuredModel next) throws InterruptedException {
        try {
            if (engine.takeOver(next)) {
                inForce = chosen;
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            refuse(chosen, "there is no room for its batches: " + e.getMessage(), e);
        }
    }

    private void refuse(Version chosen, String reason, Throwable cause) {
        refused.put(chosen.file(), chosen);
        refusals.increment();
        LOG.atError()
                .addKeyValue("file", chosen.file())
                .addKeyValue("reason", reason)
                .addKeyValue("inForce", inForce.file())
                .addKeyValue("modelSha256", engine.model().sha256())
                .setCause(cause)
                .log("A MODEL IS REFUSED and the one in force stays; it is looked at again when its files change");
    }

    /** Ends the thread; a model that is being loaded is closed when it is. May be called twice. */
    @Override
    public void close() {
        stop.countDown();
        crew.close();
    }
}
