package io.patchstream.stream.demo;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.TopicLeaders;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.demo.FrameBooks.Totals;
import io.patchstream.stream.desk.KafkaDesk;
import io.patchstream.stream.engine.EngineSettings;
import io.patchstream.stream.engine.LookAheadEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.ingest.Camera;
import io.patchstream.stream.ingest.KafkaFramePublisher;
import io.patchstream.stream.page.LivePage;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.Serdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.streams.KafkaStreams;

/**
 * One demo from start to end. Broker and model start side by side, then cameras, processor and reader; at the end cameras
 * stop first, the processor when all is answered, the reader when nothing is left to read. Used once, by one thread;
 * {@link #stop} may be called from any.
 */
final class DemoRun {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration YARDSTICK_TIME = Duration.ofMillis(1500);
    private static final int PARTITIONS = 4;

    /** Two segments, or a second of stills. */
    private static final int LEAST_OPEN_PER_CAMERA = 10;

    private final DemoOptions options;
    private final DemoScreen screen;
    private final boolean live;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final FrameBooks books = new FrameBooks();
    private final TruthBook truth = new TruthBook();
    private final Latencies latencies = new Latencies();
    private final DemoBoard board = new DemoBoard();
    private final LivePage page = new LivePage();
    private final FlowGate gate;

    /** @param live whether the screen is drawn anew all the time */
    DemoRun(DemoOptions options, DemoScreen screen, boolean live) {
        this.options = options;
        this.screen = screen;
        this.live = live;
        int cameras = options.cameras().orElse(Math.max(4, options.inputs().size()));
        this.gate = new FlowGate(books, (long) LEAST_OPEN_PER_CAMERA * cameras);
    }

    /** Ends the demo soon, in order. */
    void stop() {
        stop.countDown();
    }

    /**
     * Runs it.
     *
     * @throws IOException when something does not start or fails on the way; the message says what
     */
    DemoSummary run() throws IOException, InterruptedException {
        List<DemoCamera> cameras = DemoCamera.of(options);
        cameras.forEach(camera -> truth.put(camera.id(), camera.truth()));
        screen.say("starting a Kafka broker, a schema registry, the model "
                + options.model().getFileName() + " and " + cameras.size()
                + (cameras.size() == 1 ? " camera" : " cameras"));
        CompletableFuture<FrameEngine> engine =
                CompletableFuture.supplyAsync(this::openEngine, task -> new Thread(task, "open-model").start());
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults().withCloseAtExit(false))) {
            screen.say(after("broker on " + kafka.bootstrapServers() + ", registry on " + kafka.registryUrl()));
            return film(cameras, kafka, engine);
        } finally {
            engine.thenAccept(FrameEngine::close).exceptionally(failed -> null).join();
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // closed at the end of run, once it is there
    private FrameEngine openEngine() {
        try {
            return LookAheadEngine.open(options.model(), EngineSettings.defaults());
        } catch (IOException e) {
            throw new UncheckedIOException("the model " + options.model() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private DemoSummary film(List<DemoCamera> cameras, LocalKafka kafka, CompletableFuture<FrameEngine> opening)
            throws IOException, InterruptedException {
        Settings settings = settings(kafka);
        createTopics(settings);
        String frames = settings.input().topics().get(0);
        try (AvroDeserializer<Frame> frameReader = new AvroDeserializer<>(Frame.class);
                BrokenSender broken = new BrokenSender(
                        settings.kafka(), Serdes.serializer(settings.serde()), frames, books, brokenInterval());
                KafkaFramePublisher publisher = KafkaFramePublisher.connect(
                        settings.kafka(),
                        Serdes.serializer(settings.serde()),
                        frames,
                        settings.input().maxBytes())) {
            frameReader.configure(settings.serde().config(), false);
            CountedFrames counted = new CountedFrames(books, publisher);
            AnswerDesk desk = new AnswerDesk(books, truth, latencies, board, page, frameReader);
            try (AnswerReader reader = new AnswerReader(
                            settings.kafka(),
                            settings.serde().config(),
                            settings.output().labels(),
                            settings.output().deadLetters(),
                            desk);
                    CameraCrew crew = crew(cameras, counted)) {
                FrameEngine engine = opened(opening);
                FrameEngine seen = options.uiPort().isPresent() ? page.tap(engine) : engine;
                long began;
                try (page;
                        StreamProcessor processor = StreamProcessor.start(settings, seen)) {
                    screen.say(after("model " + engine.model().contract().name() + " on " + provider(engine)));
                    if (options.uiPort().isPresent()) {
                        page.serveAnywhere(settings, seen, processor, new KafkaDesk(settings));
                        screen.say(after("live page: " + page.address()));
                    }
                    processor.awaitRunning(PATIENCE);
                    began = System.nanoTime();
                    gate.start(began);
                    watch(began, processor, crew, reader, broken, desk);
                    crew.close();
                    publisher.flush();
                    awaitAnswers(processor, reader);
                    page.close();
                }
                if (!reader.finish(PATIENCE)) {
                    throw new IOException("the answers could not be read to their end"
                            + reader.failure().map(e -> ": " + e.getMessage()).orElse(""));
                }
                board.takeDeadLetters().forEach(screen::say);
                double seconds = Math.max(0, desk.lastNanos() - began) / 1e9;
                return summary(engine, seconds, counted);
            }
        }
    }

    private Settings settings(LocalKafka kafka) {
        Map<String, String> values = new HashMap<>();
        values.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        values.put("schema.registry.url", kafka.registryUrl());
        values.put("application.id", "patchstream-demo");
        values.put("commit.interval", "200ms");
        values.put("model", options.model().toString());
        options.uiPort().ifPresent(port -> values.put("ui.port", port.toString()));
        // The rules are for what the clips show.
        Path rules = options.home().resolve("demo").resolve("rules.properties");
        if (options.inputs().isEmpty() && Files.exists(rules)) {
            values.put("rules.file", rules.toString());
        }
        return Settings.of(values);
    }

    private static void createTopics(Settings settings) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(settings.kafka()))) {
            List<NewTopic> topics = new ArrayList<>(Topics.standard().toCreate(PARTITIONS, (short) 1));
            if (settings.rules().isOn()) {
                topics.add(Topics.standard().alarms().toCreate(PARTITIONS, (short) 1));
            }
            admin.createTopics(topics).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            TopicLeaders.await(admin, topics.stream().map(NewTopic::name).toList(), PATIENCE);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the demo's topics cannot be created: " + e.getMessage(), e);
        }
    }

    /** Cameras that wait until the processor runs, and whenever so much is on its way that it could only wait. */
    private CameraCrew crew(List<DemoCamera> cameras, CountedFrames frames) {
        return new CameraCrew(cameras.stream()
                .map(camera -> new Camera(new Camera.Habits(camera.id(), true, true), camera.source(), frames, gate))
                .toList());
    }

    private static FrameEngine opened(CompletableFuture<FrameEngine> opening) throws IOException {
        try {
            return opening.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException unreadable) {
                throw new IOException(unreadable.getMessage(), unreadable);
            }
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
    }

    /** Until the time is over, somebody stops the demo, or something fails. */
    private void watch(
            long began,
            StreamProcessor processor,
            CameraCrew crew,
            AnswerReader reader,
            BrokenSender broken,
            AnswerDesk desk)
            throws IOException, InterruptedException {
        boolean toldFirst = false;
        double shown = 0;
        while (true) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
            double seconds = elapsed.toMillis() / 1000.0;
            broken.sendDue(elapsed, "cam-1");
            Totals totals = books.totals();
            gate.answered(totals.framesIn() - totals.unaccounted(), System.nanoTime());
            if (!toldFirst && desk.first() != null) {
                toldFirst = true;
                screen.say(after("first label: " + desk.first()));
            }
            if (seconds - shown >= (live ? 0.25 : 2)) {
                shown = seconds;
                screen.show(board, totals, truth.score(), seconds);
            }
            checkAlive(processor, crew, reader);
            boolean over = options.time().isPresent()
                    && elapsed.compareTo(options.time().get()) >= 0;
            if (over || crew.allEnded() || stop.await(100, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static void checkAlive(StreamProcessor processor, CameraCrew crew, AnswerReader reader) throws IOException {
        KafkaStreams.State state = processor.state();
        if (state == KafkaStreams.State.ERROR || state == KafkaStreams.State.PENDING_ERROR) {
            throw new IOException("the processor failed; its log says why");
        }
        Optional<String> camera = crew.failure();
        if (camera.isPresent()) {
            throw new IOException("camera " + camera.get());
        }
        if (reader.failure().isPresent()) {
            throw new IOException(
                    "the answers cannot be read: " + reader.failure().get().getMessage());
        }
    }

    private void awaitAnswers(StreamProcessor processor, AnswerReader reader) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long open = books.open();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (books.open() > 0
                && System.nanoTime() < deadline
                && processor.state() == KafkaStreams.State.RUNNING
                && reader.failure().isEmpty()) {
            never.await(20, TimeUnit.MILLISECONDS);
            if (books.open() < open) {
                open = books.open();
                deadline = System.nanoTime() + PATIENCE.toNanos();
            }
        }
    }

    private DemoSummary summary(FrameEngine engine, double seconds, CountedFrames frames)
            throws IOException, InterruptedException {
        Totals totals = books.totals();
        double batchMean = engine.statistics().batchMean();
        screen.say("measuring the engine alone ...");
        byte[] still = frames.still().isPresent() ? frames.still().get() : TestPictures.jpeg();
        double raw = new Yardstick(engine, still).measure(YARDSTICK_TIME);
        return new DemoSummary(
                totals,
                seconds,
                latencies.quantile(0.5),
                latencies.quantile(0.99),
                truth.score(),
                provider(engine),
                engine.model().sha256(),
                batchMean,
                raw);
    }

    /** The device of the engine's fingerprint. */
    private static String provider(FrameEngine engine) {
        for (String part : engine.model().engine().split(";")) {
            if (part.startsWith("device=")) {
                return part.substring("device=".length());
            }
        }
        return engine.model().engine();
    }

    /** Early enough that all kinds come even in a short demo. */
    private Duration brokenInterval() {
        Duration usual = Duration.ofSeconds(2);
        return options.time()
                .map(time -> time.dividedBy(BrokenFrames.Kind.values().length + 2L))
                .filter(fits -> fits.compareTo(usual) < 0)
                .orElse(usual);
    }

    private static String after(String what) {
        long start = ManagementFactory.getRuntimeMXBean().getStartTime();
        return String.format(Locale.ROOT, "%5.1f s  %s", (System.currentTimeMillis() - start) / 1000.0, what);
    }
}
