package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.TopicLeaders;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.trace.SpanCounts;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.VideoException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A topic full of JPEGs of the model's size, answered again in each round by a processor that sees it for the first time. */
final class PipelineLoad {
    private static final int PICTURES = 64;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** How often at least the reader looks how far the engine is. */
    private static final Duration LOOK = Duration.ofMillis(200);
    /** To so many frames that are measured there is one before or behind them. */
    private static final int PART_BESIDE = 3;

    private final LocalKafka kafka;
    private final FrameEngine engine;
    private final String name;
    private final int height;
    private final int width;
    private final int partitions;
    private final int frames;
    private final int all;
    private final Map<String, String> settings;
    private int round;
    private long batches;
    private long pictures;

    /**
     * @param name of its topics and groups
     * @param frames that a round measures: those in its middle, as {@link SteadyPart} says; a third as many lie around them
     * @param settings of the processor, over ours
     */
    PipelineLoad(
            LocalKafka kafka,
            FrameEngine engine,
            String name,
            int height,
            int width,
            int partitions,
            int frames,
            Map<String, String> settings) {
        this.kafka = kafka;
        this.engine = engine;
        this.name = name;
        this.height = height;
        this.width = width;
        this.partitions = partitions;
        this.frames = frames;
        this.all = frames + Math.max(frames / PART_BESIDE, 2 * partitions);
        this.settings = settings;
    }

    /** Frames that a round measures. */
    int frames() {
        return frames;
    }

    /** Pictures per batch over the rounds so far. */
    double batchMean() {
        return batches == 0 ? 0 : (double) pictures / batches;
    }

    /** The payloads, each of another picture. */
    List<ByteBuffer> jpegs() throws VideoException {
        List<ByteBuffer> jpegs = new ArrayList<>();
        try (JpegEncoder encoder = new JpegEncoder(90)) {
            for (int i = 0; i < PICTURES; i++) {
                jpegs.add(ByteBuffer.wrap(encoder.encode(Photographs.paint(height, width, i))));
            }
        }
        return jpegs;
    }

    /** Writes the frames: as many cameras as partitions, each on a partition of its own. */
    void fill() throws Exception {
        String frameTopic = name + "-frames";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(frameTopic, partitions, (short) 1)
                            .configs(Topics.standard().frames().configs())))
                    .all()
                    .get();
            TopicLeaders.await(admin, List.of(frameTopic), PATIENCE);
        }
        List<ByteBuffer> jpegs = jpegs();
        try (AvroSerializer<Frame> serializer = new AvroSerializer<>()) {
            serializer.configure(Map.of("schema.registry.url", kafka.registryUrl()), false);
            try (KafkaProducer<String, Frame> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 5),
                    new StringSerializer(),
                    serializer)) {
                for (int i = 0; i < all; i++) {
                    String camera = "camera-" + i % partitions;
                    Frame frame = Frame.newBuilder()
                            .setFrameId("frame-" + i)
                            .setCameraId(camera)
                            .setSequence(i / partitions)
                            .setCapturedAt(Instant.EPOCH)
                            .setEncoding(Encoding.JPEG)
                            .setPayload(jpegs.get(i % PICTURES).duplicate())
                            .build();
                    producer.send(new ProducerRecord<>(frameTopic, i % partitions, camera, frame));
                }
                producer.flush();
            }
        }
    }

    /**
     * A round of the pipeline.
     *
     * @param sample frames and the CPU time of the process, in the steady part
     * @param millisPerFrame CPU time of each frame by what it was spent for, in the steady part
     * @param transactionsPerSecond how many were committed in it, by all stream threads
     * @param startToEnd frames a second from the moment that the processor runs, to the moment that the last label is there to
     *     be read, committed
     * @param steady whether there was a steady part; otherwise all of the round is measured
     * @param spansPerFrame that were made for a collector
     */
    record Through(
            Rounds.Sample sample,
            Map<ThreadCpu.Role, Double> millisPerFrame,
            double transactionsPerSecond,
            double startToEnd,
            boolean steady,
            double spansPerFrame) {
        /**
         * Beside the model and decoding: what the processor itself takes, without the broker, who reads the answers, and
         * the JIT compiler, which is through after some minutes.
         */
        double outside() {
            return of(ThreadCpu.Role.STREAM)
                    + of(ThreadCpu.Role.CLIENT)
                    + of(ThreadCpu.Role.TRACE)
                    + of(ThreadCpu.Role.GC)
                    + of(ThreadCpu.Role.JVM);
        }

        double all() {
            return millisPerFrame.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
        }

        /** How much of the machine the JIT compiler took. */
        double jitShare() {
            return ofTheMachine(of(ThreadCpu.Role.JIT));
        }

        /** How much of the machine was taken by what shares it here and is not the processor's. */
        double othersShare() {
            return ofTheMachine(of(ThreadCpu.Role.BROKER) + of(ThreadCpu.Role.READER) + of(ThreadCpu.Role.JIT));
        }

        /** How much of the machine was busy. */
        double busyShare() {
            return ofTheMachine(all());
        }

        private double ofTheMachine(double millisOfEachFrame) {
            return millisOfEachFrame
                    * sample.perSecond()
                    / 1000
                    / Runtime.getRuntime().availableProcessors();
        }

        double of(ThreadCpu.Role role) {
            return millisPerFrame.getOrDefault(role, 0.0);
        }
    }

    /** A new processor answers all frames; measured is the {@link SteadyPart}, and all of it by the clock. */
    Through round() throws Exception {
        return round(Map.of());
    }

    /** As {@link #round()}, with {@code more} settings. */
    Through round(Map<String, String> more) throws Exception {
        String labels = name + "-labels-" + ++round;
        Map<String, String> values = new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                kafka.bootstrapServers(),
                "schema.registry.url",
                kafka.registryUrl(),
                "application.id",
                name + "-" + round,
                "input.topics",
                name + "-frames",
                "output.labels",
                labels,
                "output.embeddings",
                name + "-embeddings-" + round,
                "output.dead-letters",
                name + "-dead-letters-" + round,
                "topics.partitions",
                Integer.toString(partitions)));
        values.putAll(settings);
        values.putAll(more);
        EngineStatistics before = engine.statistics();
        try (StreamProcessor processor = StreamProcessor.start(Settings.of(values), engine)) {
            processor.awaitRunning(Duration.ofMinutes(1));
            // Some frames are answered before anybody sees that it runs; they are none of this.
            long early = engine.statistics().pictures() - before.pictures();
            SteadyPart steady = new SteadyPart(
                    Math.max(0, (all - frames) / 2 - early),
                    frames,
                    () -> engine.statistics().pictures(),
                    () -> new SteadyPart.Spent(System.nanoTime(), committed(processor), ThreadCpu.now()));
            long began = System.nanoTime();
            awaitLabels(labels, steady, new Unread(processor::kafkaMetrics, name + "-frames", partitions));
            steady.over();
            double startToEnd = (all - early) / ((System.nanoTime() - began) / 1e9);
            EngineStatistics after = engine.statistics();
            batches += after.batches() - before.batches();
            pictures += after.pictures() - before.pictures();
            Map<ThreadCpu.Role, Double> millis = steady.millis();
            millis.replaceAll((role, spent) -> spent / steady.frames());
            double perSecond = steady.frames() / steady.seconds();
            double cpuMillis =
                    millis.values().stream().mapToDouble(Double::doubleValue).sum();
            return new Through(
                    new Rounds.Sample(perSecond, cpuMillis),
                    millis,
                    steady.transactions() / steady.seconds(),
                    startToEnd,
                    steady.isSteady(),
                    processor.intake().spans().map(SpanCounts::made).orElse(0L) / (double) all);
        }
    }

    /** Transactions so far: a stream thread commits all of its tasks in one. */
    private static double committed(StreamProcessor processor) {
        return processor.kafkaMetrics().entrySet().stream()
                .filter(metric -> metric.getKey().group().equals("stream-thread-metrics")
                        && metric.getKey().name().equals("commit-total"))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .sum();
    }

    /** Until all can be read. */
    private void awaitLabels(String topic, SteadyPart steady, Unread unread) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> assigned = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                assigned.add(new TopicPartition(topic, partition));
            }
            consumer.assign(assigned);
            long answered = 0;
            while (answered < all) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            answered + " of " + all + " frames were labelled within " + PATIENCE);
                }
                answered += consumer.poll(LOOK).count();
                steady.look(unread.anyThreadIsThrough());
            }
        }
    }
}
