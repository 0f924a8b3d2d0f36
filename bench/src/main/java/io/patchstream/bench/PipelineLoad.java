package io.patchstream.bench;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.vision.video.JpegEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
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
    private final int height;
    private final int width;
    private final int partitions;
    private final int frames;
    private int round;
    private long batches;
    private long pictures;

    PipelineLoad(LocalKafka kafka, FrameEngine engine, int height, int width, int partitions, int frames) {
        this.kafka = kafka;
        this.engine = engine;
        this.height = height;
        this.width = width;
        this.partitions = partitions;
        this.frames = frames;
    }

    /** Frames that a round answers. */
    int frames() {
        return frames;
    }

    /** Pictures per batch over the rounds so far. */
    double batchMean() {
        return batches == 0 ? 0 : (double) pictures / batches;
    }

    /** Writes the frames: as many cameras as partitions, each on a partition of its own. */
    void fill() throws Exception {
        TopicSpec frameTopic = Topics.standard().frames();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(frameTopic.toCreate(partitions, (short) 1)))
                    .all()
                    .get();
        }
        List<ByteBuffer> jpegs = new ArrayList<>();
        try (JpegEncoder encoder = new JpegEncoder(90)) {
            for (int i = 0; i < PICTURES; i++) {
                jpegs.add(ByteBuffer.wrap(encoder.encode(Photographs.paint(height, width, i))));
            }
        }
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
                    producer.send(new ProducerRecord<>(frameTopic.name(), i % partitions, camera, frame));
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
     */
    record Through(Rounds.Sample sample, Map<ThreadCpu.Role, Double> millisPerFrame) {
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

        double of(ThreadCpu.Role role) {
            return millisPerFrame.getOrDefault(role, 0.0);
        }
    }

    /** From the moment that a new processor runs, to the moment that the last label is there to be read, committed. */
    Through round() throws Exception {
        String labels = "labels-" + ++round;
        Settings settings = Settings.of(Map.of(
                "kafka.bootstrap.servers",
                kafka.bootstrapServers(),
                "schema.registry.url",
                kafka.registryUrl(),
                "application.id",
                "bench-" + round,
                "output.labels",
                labels,
                "output.embeddings",
                "embeddings-" + round,
                "output.dead-letters",
                "dead-letters-" + round,
                "topics.partitions",
                Integer.toString(partitions)));
        EngineStatistics before = engine.statistics();
        try (StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            processor.awaitRunning(Duration.ofMinutes(1));
            ThreadCpu began = ThreadCpu.now();
            Rounds.Sample sample = Rounds.measure(deadline -> awaitLabels(labels), PATIENCE);
            Map<ThreadCpu.Role, Double> millis = ThreadCpu.now().since(began);
            millis.replaceAll((role, all) -> all / frames);
            EngineStatistics after = engine.statistics();
            batches += after.batches() - before.batches();
            pictures += after.pictures() - before.pictures();
            return new Through(sample, millis);
        }
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
