package io.patchstream.stream.models;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.flight.ThreadCrew;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.ForwardingEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.models.ModelTopic.Published;
import io.patchstream.stream.settings.ModelSettings;
import io.patchstream.stream.settings.Settings;
import io.patchstream.vision.model.ContractException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine whose model the models topic chooses. The {@code model-topic-0} thread reads the topic, has the files of what its
 * slot is to serve, and chooses them in the cache's folder; from there on it is a model of a folder, proven, warmed and taken
 * over as any other. What is refused on the way is said aloud, and the model in force stays.
 */
public final class TopicEngine extends ForwardingEngine {
    private static final Logger LOG = LoggerFactory.getLogger(TopicEngine.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ModelTopic topic;
    private final ModelCache cache;
    private final String slot;
    private final LongAdder refusals;
    private final ThreadCrew crew;

    // The thread's alone once it runs.
    private Published attended;
    private long againAt;

    private TopicEngine(FrameEngine engine, ModelTopic topic, Start start, String slot) {
        super(engine);
        this.topic = topic;
        this.cache = start.cache;
        this.slot = slot;
        this.attended = start.published;
        this.againAt = start.mayPass ? System.nanoTime() + AGAIN.toNanos() : Long.MAX_VALUE;
        this.refusals = start.refusals;
        this.crew = new ThreadCrew(
                "model-topic",
                1,
                PATIENCE,
                i -> this::run,
                e -> LOG.atError().setCause(e).log("the models topic is read no longer; the model in force stays"));
    }

    /**
     * Serves what the topic says now, and no other later; the caller closes it.
     *
     * @throws ContractException when that cannot be served, and nothing was served before; the message says why
     */
    @MustBeClosed
    public static FrameEngine open(Settings settings, EngineSettings engine) throws IOException {
        try (ModelTopic topic = ModelTopic.open(settings)) {
            return new Start(settings, engine, topic).engine(Optional.empty());
        }
    }

    /**
     * As {@link #open}, and goes over to another model whenever the topic says so.
     *
     * @param look how often the cache's folder is looked at
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller, who closes the engine and with it the rest.
    public static FrameEngine follow(Settings settings, EngineSettings engine, Duration look) throws IOException {
        ModelTopic topic = ModelTopic.open(settings);
        boolean started = false;
        try {
            Start start = new Start(settings, engine, topic);
            FrameEngine opened = start.engine(Optional.of(look));
            started = true;
            return new TopicEngine(opened, topic, start, settings.model().slot());
        } finally {
            if (!started) {
                topic.close();
            }
        }
    }

    /** What happens before there is an engine. */
    private static final class Start {
        private final EngineSettings settings;
        private final ModelCache cache;
        private final Published published;
        private final LongAdder refusals = new LongAdder();
        private boolean mayPass;

        Start(Settings all, EngineSettings settings, ModelTopic topic) throws IOException {
            this.settings = settings;
            ModelSettings model = all.model();
            this.cache = new ModelCache(
                    model.cache().resolve(all.stream().applicationId()).resolve(model.slot()),
                    new ModelFetch(model.topicFrom()),
                    model.maxBytes(),
                    settings.keys());
            this.published = topic.latest(model.slot()).orElse(null);
            String problem;
            if (published == null) {
                problem = "there is no record of slot " + model.slot() + " on topic " + ModelTopic.nameIn(all)
                        + ": ./patchstream models publish FILE --slot " + model.slot();
            } else {
                try {
                    cache.choose(published);
                    return;
                } catch (ModelRefusedException e) {
                    problem = published.place() + " is refused: " + e.getMessage();
                    mayPass = e.mayPass();
                }
            }
            if (!cache.hasCurrent()) {
                throw new ContractException(problem);
            }
            refusals.increment();
            LOG.atError()
                    .addKeyValue("reason", problem)
                    .log("A MODEL IS REFUSED; the one that was served last is served");
        }

        @MustBeClosed
        @SuppressWarnings("MustBeClosedChecker") // Handed to the caller, or closed on the way out.
        FrameEngine engine(Optional<Duration> look) throws IOException {
            FrameEngine engine;
            try {
                engine = opened(look);
            } catch (ContractException e) {
                Optional<String> refused = cache.stepBack();
                if (refused.isEmpty()) {
                    throw e;
                }
                refusals.increment();
                LOG.atError()
                        .addKeyValue("file", refused.get())
                        .addKeyValue("reason", e.getMessage())
                        .log("A MODEL IS REFUSED; the one that was served last is served");
                engine = opened(look);
            }
            try {
                cache.serves(engine.model().sha256());
                return engine;
            } catch (IOException e) {
                engine.close();
                throw e;
            }
        }

        @MustBeClosed
        private FrameEngine opened(Optional<Duration> look) throws IOException {
            return look.isPresent()
                    ? LookAheadEngine.follow(cache.folder(), settings, look.get())
                    : LookAheadEngine.openFolder(cache.folder(), settings);
        }
    }

    private void run() {
        try (topic) {
            while (!Thread.currentThread().isInterrupted()) {
                look();
            }
        } catch (InterruptException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            topic.poll(POLL);
            Published latest = topic.latest(slot).orElse(null);
            if (latest != attended) {
                attended = latest;
                attend(true);
            } else if (againAt != Long.MAX_VALUE && System.nanoTime() - againAt >= 0) {
                attend(false);
            }
            cache.serves(engine.model().sha256());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IOException e) {
            LOG.atWarn().setCause(e).log("the models topic cannot be followed for now; the model in force stays");
            Thread.sleep(AGAIN.toMillis());
        }
    }

    private void attend(boolean first) {
        againAt = Long.MAX_VALUE;
        try {
            cache.choose(attended);
            LOG.atInfo()
                    .addKeyValue("record", attended.place())
                    .addKeyValue(
                            "version",
                            attended.model().map(ModelRecord::version).orElse(""))
                    .addKeyValue(
                            "sha256", attended.model().map(ModelRecord::sha256).orElse(""))
                    .log("a model was fetched and is chosen");
        } catch (ModelRefusedException e) {
            if (e.mayPass()) {
                againAt = System.nanoTime() + AGAIN.toNanos();
            }
            if (first) {
                refusals.increment();
                LOG.atError()
                        .addKeyValue("record", attended.place())
                        .addKeyValue("reason", e.getMessage())
                        .addKeyValue("modelSha256", engine.model().sha256())
                        .setCause(e.getCause())
                        .log(
                                "A MODEL IS REFUSED and the one in force stays; {}",
                                e.mayPass()
                                        ? "it is tried again every " + AGAIN.toSeconds() + " s"
                                        : "another record mends it");
            }
        }
    }

    @Override
    public EngineStatistics statistics() {
        return super.statistics().withMoreRefused(refusals.sum());
    }

    @Override
    public void close() {
        crew.close();
        super.close();
    }
}
