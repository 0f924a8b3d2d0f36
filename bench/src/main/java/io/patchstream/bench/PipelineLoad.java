package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
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

    private final LocalKafka kafka;
    private final FrameEngine engine;
    private final String name;
    private final int height;
    private final int width;
    private final int partitions;
    private final int frames;
    private final Map<String, String> settings;
    private int round;
    private long batches;
    private long pictures;

    /**
     * @param name of its topics and groups
     * @param frames that a round answers
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
        this.settings = settings;
    }

    /** Frames that a round answers. */
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
        }
        List<ByteBuffer> jpegs = jpegs();
        try (AvroSerializer<Frame> serializer = new AvroSerializer<>()) {
            serializer.configure(Map.of("schema.registry.url", kafka.registryUrl()), false);
            try (KafkaProducer<String, Frame> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 5),
                    new StringSerializer(),
                    serializer)) {
                for (int i = 0; i < frames; i++) {
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
     * @param sample frames and the CPU time of the process
     * @param millisPerFrame CPU time of each frame by what it was spent for
     * @param transactionsPerSecond how many were committed, by all stream threads
     */
    record Through(Rounds.Sample sample, Map<ThreadCpu.Role, Double> millisPerFrame, double transactionsPerSecond) {
        /**
         * Beside the model and decoding: what the processor itself takes, without the broker, who reads the answers, and
         * the JIT compiler, which is through after some minutes.
         */
        double outside() {
            return of(ThreadCpu.Role.STREAM)
                    + of(ThreadCpu.Role.CLIENT)
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
            return of(ThreadCpu.Role.JIT)
                    * sample.perSecond()
                    / 1000
                    / Runtime.getRuntime().availableProcessors();
        }

        double of(ThreadCpu.Role role) {
            return millisPerFrame.getOrDefault(role, 0.0);
        }
    }

    /** From the moment that a new processor runs, to the moment that the last label is there to be read, committed. */
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
            double committedBefore = committed(processor);
            // Some frames are answered before anybody sees that it runs; they are none of this.
            long early = engine.statistics().pictures() - before.pictures();
            ThreadCpu began = ThreadCpu.now();
            Rounds.Sample sample = Rounds.measure(deadline -> awaitLabels(labels) - early, PATIENCE);
            Map<ThreadCpu.Role, Double> millis = ThreadCpu.now().since(began);
            millis.replaceAll((role, all) -> all / (frames - early));
            EngineStatistics after = engine.statistics();
            batches += after.batches() - before.batches();
            pictures += after.pictures() - before.pictures();
            double transactions = committed(processor) - committedBefore;
            return new Through(sample, millis, transactions * sample.perSecond() / (frames - early));
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

    private long awaitLabels(String topic) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                all.add(new TopicPartition(topic, partition));
            }
            consumer.assign(all);
            long answered = 0;
            while (answered < frames) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            answered + " of " + frames + " frames were labelled within " + PATIENCE);
                }
                answered += consumer.poll(Duration.ofMillis(200)).count();
            }
            return answered;
        }
    }
}
