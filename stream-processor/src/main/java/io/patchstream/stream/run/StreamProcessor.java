package io.patchstream.stream.run;

import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FrameIntake;
import io.patchstream.stream.topology.FrameTopology;
import io.patchstream.stream.topology.Serdes;
import io.patchstream.stream.topology.StreamsProperties;
import io.patchstream.stream.trace.FrameTracer;
import io.patchstream.stream.trace.Tracing;
import io.patchstream.stream.watch.Watched;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology, running: reads frames, has them answered by an engine, publishes, until it is closed or fails.
 *
 * <p>Borrows the engine, which must outlive it. Its methods may be called from any thread.
 */
public final class StreamProcessor implements Watched, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamProcessor.class);

    private final Settings settings;
    private final FrameEngine engine;
    private final FrameTracer tracer;
    private final FrameIntake intake;
    private final Serializer<Object> serializer;
    private final RestartPolicy restarts;
    private final Map<String, Object> configuration;
    private final KafkaStreams streams;
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Throwable failure;
    private boolean closed;

    private StreamProcessor(Settings settings, FrameEngine engine, FrameTracer tracer) {
        this.settings = settings;
        this.engine = engine;
        this.tracer = tracer;
        settings.rules().check(engine.model().contract().labels());
        this.intake = FrameIntake.of(settings, engine, tracer);
        this.serializer = Serdes.serializer(settings.serde());
        this.restarts = new RestartPolicy(settings.stream(), this::fail, System::nanoTime);
        this.configuration = StreamsProperties.of(
                settings, engine.lookAhead(settings.stream().threads()), intake);
        Properties properties = new Properties();
        properties.putAll(configuration);
        Topology topology = FrameTopology.of(settings, intake, serializer);
        String instance = settings.stream().instanceId();
        this.streams = instance.isEmpty()
                ? new KafkaStreams(topology, properties)
                : new KafkaStreams(
                        topology,
                        properties,
                        new InstanceTransactions(settings.stream().applicationId(), instance));
        streams.setUncaughtExceptionHandler(restarts);
        streams.setStateListener(this::onState);
    }

    /**
     * Checks the topics and starts; returns while partitions are still being assigned.
     *
     * @param engine answers the frames; borrowed
     * @throws ProcessorFailedException when a topic is missing or no broker answers
     * @throws io.patchstream.stream.settings.SettingsException when Kafka refuses a setting
     */
    public static StreamProcessor start(Settings settings, FrameEngine engine) {
        try {
            StreamProcessor processor = traced(settings, engine);
            try {
                processor.start();
            } catch (RuntimeException e) {
                processor.close();
                throw e;
            }
            return processor;
        } catch (KafkaException e) {
            throw new ProcessorFailedException(
                    "Kafka Streams does not start: " + e.getMessage()
                            + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()),
                    e);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // Closed with the processor, or here when there is none.
    private static StreamProcessor traced(Settings settings, FrameEngine engine) {
        FrameTracer tracer = Tracing.open(settings);
        try {
            return new StreamProcessor(settings, engine, tracer);
        } catch (RuntimeException e) {
            tracer.close();
            throw e;
        }
    }

    private void start() {
        try (Admin admin = Admin.create(new StreamsConfig(configuration).getAdminConfigs("patchstream-topic-check"))) {
            new TopicCheck(settings, admin).run();
            String instance = settings.stream().instanceId();
            if (!instance.isEmpty()) {
                new LeftTransactions(admin, settings.stream().applicationId(), instance).end();
            }
        }
        LOG.atInfo()
                .addKeyValue("application", settings.stream().applicationId())
                .addKeyValue("bootstrap", settings.kafka().get("bootstrap.servers"))
                .addKeyValue("input", String.join(",", settings.input().topics()))
                .addKeyValue("format", settings.input().format())
                .addKeyValue("threads", settings.stream().threads())
                .addKeyValue("lookAhead", configuration.get(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG))
                .addKeyValue("model", engine.model().contract().name())
                .addKeyValue("modelSha256", engine.model().sha256())
                .addKeyValue("engine", engine.model().engine())
                .log("processor starts");
        streams.start();
    }

    /**
     * Waits until partitions are assigned and frames are being read.
     *
     * @throws ProcessorFailedException when it fails instead, or takes longer than {@code patience}
     */
    public void awaitRunning(Duration patience) throws InterruptedException {
        try {
            running.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ProcessorFailedException(
                    "the processor is not running after " + patience + " but " + streams.state(), e);
        } catch (ExecutionException e) {
            throw new ProcessorFailedException(
                    "the processor failed: " + e.getCause().getMessage(), e.getCause());
        }
    }

    /** Lets {@link #awaitStopped} return, so that whoever waits there closes it. */
    public void requestStop() {
        stopped.countDown();
    }

    /** Waits until it is asked to stop, closed, or has failed; why, if it has failed. */
    public Optional<Throwable> awaitStopped() throws InterruptedException {
        stopped.await();
        return Optional.ofNullable(failure);
    }

    @Override
    public KafkaStreams.State state() {
        return streams.state();
    }

    @Override
    public Map<MetricName, ? extends Metric> kafkaMetrics() {
        return streams.metrics();
    }

    @Override
    public EngineStatistics engineStatistics() {
        return engine.statistics();
    }

    @Override
    public ServedModel model() {
        return engine.model();
    }

    @Override
    public FrameIntake intake() {
        return intake;
    }

    @Override
    public int restarts() {
        return restarts.count();
    }

    private void fail(Throwable cause) {
        failure = cause;
        running.completeExceptionally(cause);
    }

    private void onState(KafkaStreams.State now, KafkaStreams.State before) {
        LOG.atInfo().addKeyValue("from", before).addKeyValue("to", now).log("processor's state");
        if (now == KafkaStreams.State.RUNNING) {
            running.complete(null);
        } else if (now == KafkaStreams.State.ERROR) {
            if (failure == null) {
                fail(new IllegalStateException("Kafka Streams stopped by itself; its log says why"));
            }
            stopped.countDown();
        }
    }

    /** Answers what was polled, commits, leaves the group. What cannot be committed in time is read again later. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        restarts.stop();
        boolean inTime =
                streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                        .withTimeout(settings.stream().stopTimeout()));
        intake.close();
        serializer.close();
        tracer.close();
        running.completeExceptionally(new IllegalStateException("the processor was closed"));
        stopped.countDown();
        String how = failure != null
                ? "processor stopped after a failure; what is not committed is read again"
                : inTime
                        ? "processor stopped, everything committed"
                        : "processor did not stop in time (stop.timeout); what is not committed is read again";
        (inTime && failure == null ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("lookedAhead", intake.ahead())
                .addKeyValue("missed", intake.missed())
                .addKeyValue("pictures", engine.statistics().pictures())
                .addKeyValue("batchMean", "%.1f".formatted(engine.statistics().batchMean()))
                .addKeyValue("rejected", engine.statistics().rejected())
                .addKeyValue("late", intake.dropped(DropReason.LATE))
                .addKeyValue("backlog", intake.dropped(DropReason.BACKLOG))
                .addKeyValue("cancelled", engine.statistics().cancelled())
                .log(how);
    }
}
