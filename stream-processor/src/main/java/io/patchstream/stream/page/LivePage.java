package io.patchstream.stream.page;

import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.page.Subscriber.Message;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.settings.UiSettings;
import io.patchstream.stream.watch.Watched;
import io.patchstream.vision.DecodeScale;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live page of one processor. Its one thread, {@code page}, takes what happens out of the mailbox, makes thumbnails and
 * tells those who watch; it sleeps while nobody does. The engine's answers pass by {@link #tap}.
 */
public final class LivePage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LivePage.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int KEPT_FRAMES = 1024;
    private static final long KEPT_BYTES = 32 << 20;
    private static final long PATIENCE_MILLIS = 5_000;

    private final Mailbox mailbox = new Mailbox();
    private final Audience audience = new Audience(mailbox);
    private final LiveBoard board = new LiveBoard();
    private final RecentFrames recent = new RecentFrames(KEPT_FRAMES);
    private final Originals originals = new Originals(KEPT_BYTES);
    private Optional<PageServer> server = Optional.empty();
    private Optional<Thread> thread = Optional.empty();
    private AlarmBook alarms = AlarmBook.NONE;
    private Doorkeeper door;
    private String host;

    /** The engine, with its answers seen in passing; closing it closes {@code engine}. */
    public FrameEngine tap(FrameEngine engine) {
        return new TappedEngine(engine, mailbox);
    }

    /**
     * Serves the page; once.
     *
     * @param settings where, and what the pipeline is called
     * @param engine answers what is tried out; borrowed
     * @param watched how it fares; borrowed
     * @param desk looks up what is asked for; its alarms are closed with the page
     * @throws SettingsException when it cannot listen there
     */
    public void serve(Settings settings, FrameEngine engine, Watched watched, PipelineDesk desk) {
        serve(settings, engine, watched, desk, settings.ui().port());
    }

    /** The same, at any port when its own is taken. */
    public void serveAnywhere(Settings settings, FrameEngine engine, Watched watched, PipelineDesk desk) {
        try {
            serve(settings, engine, watched, desk);
        } catch (SettingsException e) {
            serve(settings, engine, watched, desk, 0);
        }
    }

    private void serve(Settings settings, FrameEngine engine, Watched watched, PipelineDesk desk, int port) {
        UiSettings ui = settings.ui();
        door = new Doorkeeper(ui);
        host = ui.host();
        DecodeScale scale = settings.compute().decodeScale();
        ModelKeys keys = ModelKeys.read(settings.model().keys());
        Attention attention = new Attention(ExplainFiles.of(settings), recent, originals, scale, keys);
        try {
            server = Optional.of(new PageServer(
                    new InetSocketAddress(host, port),
                    door,
                    audience,
                    new TryOut(engine, recent, scale, attention),
                    attention,
                    engine,
                    new DeskReplies(desk)));
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(List.of("ui.host is " + host + " and ui.port is " + port
                    + "; the live page cannot be served there: " + e.getMessage()));
        }
        alarms = desk.alarms();
        PipelineFigures pipeline = new PipelineFigures(settings, watched);
        Thread looking = new Thread(() -> look(pipeline, watched), "page");
        looking.setDaemon(true);
        looking.start();
        thread = Optional.of(looking);
    }

    /** Where to look, with the token; the part behind # is sent to no server. */
    public String address() {
        PageServer serving = server.orElseThrow(() -> new IllegalStateException("the page is not served"));
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return "http://" + (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + serving.port() + "/#token="
                + door.token();
    }

    /** Tells of a label that was read after its commit; never waits. */
    public void published(String camera, long latencyMicros, Optional<Boolean> right) {
        if (mailbox.isWatched()) {
            mailbox.offer(new Publication(camera, latencyMicros, right));
        }
    }

    private void look(PipelineFigures pipeline, Watched watched) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (mailbox.isWatched()) {
                    lookForThem(pipeline, watched);
                } else {
                    enter(mailbox.poll(IDLE_NANOS));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the live page stands still; the processor goes on");
        }
    }

    /** As long as somebody watches; the decoders and encoders of thumbnails are there only then. */
    private void lookForThem(PipelineFigures pipeline, Watched watched) throws InterruptedException {
        long tick = System.nanoTime();
        try (Thumbnails thumbnails = new Thumbnails()) {
            while (mailbox.isWatched()) {
                Happening happening = mailbox.poll(Math.max(0, tick - System.nanoTime()));
                enter(happening);
                if (happening instanceof Sighting sighting) {
                    show(sighting, thumbnails);
                }
                long now = System.nanoTime();
                if (now - tick >= 0) {
                    tick = now + TICK_NANOS;
                    audience.dismissStuck(now);
                    tell(pipeline, watched, now);
                }
            }
        }
    }

    /** Null is nothing. */
    private void enter(Happening happening) {
        if (happening != null) {
            board.enter(happening, System.nanoTime());
        }
    }

    private void tell(PipelineFigures pipeline, Watched watched, long now) {
        if (audience.size() == 0) {
            return;
        }
        EngineStatistics engine = watched.engineStatistics();
        Snapshot snapshot = new Snapshot(
                watched.state().name(),
                watched.model().contract().name(),
                board.tiles(now),
                board.hidden(),
                board.perSecond(now),
                board.isPublished() ? "read" : "answered",
                mailbox.leftOut(),
                board.letters(),
                engine.rejected(),
                alarms.content(),
                pipeline.at(now, board.times(now), engine));
        audience.put("snapshot", new Message("snapshot", Reply.line(snapshot)));
    }

    private void show(Sighting sighting, Thumbnails thumbnails) {
        if (sighting.picture().isPresent() && sighting.outcome() instanceof Classified frame) {
            thumbnails.of(sighting.picture().get()).ifPresent(jpeg -> {
                String camera = frame.head().cameraId();
                Prediction prediction = frame.pictures().get(0);
                long id = recent.add(camera, frame.head().capturedAtMicros(), prediction, jpeg);
                originals.add(id, sighting.picture().get().payload());
                audience.put(
                        "picture " + camera,
                        new Message(
                                "picture",
                                Reply.line(Map.of(
                                        "id",
                                        id,
                                        "camera",
                                        camera,
                                        "capturedAtMillis",
                                        frame.head().capturedAtMicros() / 1000,
                                        "scores",
                                        LiveBoard.scores(prediction),
                                        "jpeg",
                                        TryOut.base64(jpeg)))));
            });
        }
    }

    /** Lets everybody go. May be called twice, and before it serves. */
    @Override
    public void close() {
        server.ifPresent(PageServer::close);
        thread.ifPresent(Thread::interrupt);
        try {
            if (thread.isPresent()) {
                thread.get().join(PATIENCE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        alarms.close();
    }
}
