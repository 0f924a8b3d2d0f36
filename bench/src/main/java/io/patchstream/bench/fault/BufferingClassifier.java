package io.patchstream.bench.fault;

import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.Serdes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The negative control: the batching that is most natural, and wrong. It gathers its batch in {@code process()}, so that
 * Kafka Streams commits what it has been given and not yet forwarded; what a kill or a stop then takes is lost.
 */
final class BufferingClassifier implements Processor<byte[], byte[], byte[], byte[]> {
    private static final int BATCH = 64;

    /** Longer than the commit interval, as on any slow stream. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private record Waiting(Record<byte[], byte[]> record, SourcePosition source) {}

    private final List<Waiting> batch = new ArrayList<>();
    private final AvroDeserializer<Frame> frames = new AvroDeserializer<>(Frame.class);
    private final Answers answers = new Answers("control");
    private final Serializer<Object> serializer;
    private final Settings settings;
    private ProcessorContext<byte[], byte[]> context;

    private BufferingClassifier(Settings settings) {
        this.settings = settings;
        this.serializer = Serdes.serializer(settings.serde());
        frames.configure(settings.serde().config(), false);
    }

    /** Kafka Streams with this processor between the settings' topics; the caller starts and closes it. */
    static KafkaStreams streams(Settings settings) {
        Topology topology = new Topology()
                .addSource(
                        "frames",
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        settings.input().topics().get(0))
                .addProcessor("classifier", () -> new BufferingClassifier(settings), "frames");
        Map.of(
                        "labels",
                        settings.output().labels(),
                        "embeddings",
                        settings.output().embeddings())
                .forEach((name, topic) -> topology.addSink(
                        name, topic, new ByteArraySerializer(), new ByteArraySerializer(), "classifier"));
        Properties properties = new Properties();
        properties.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                settings.stream().applicationId(),
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.stream().commitInterval().toMillis(),
                StreamsConfig.NUM_STREAM_THREADS_CONFIG,
                settings.stream().threads(),
                StreamsConfig.consumerPrefix("auto.offset.reset"),
                "earliest",
                StreamsConfig.STATE_DIR_CONFIG,
                settings.stream().stateDir().toString()));
        properties.putAll(settings.kafka());
        return new KafkaStreams(topology, properties);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        context.schedule(LONGEST_WAIT, PunctuationType.WALL_CLOCK_TIME, now -> drain());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        batch.add(new Waiting(record, new SourcePosition(at.topic(), at.partition(), at.offset())));
        if (batch.size() == BATCH) {
            drain();
        }
    }

    private void drain() {
        for (Waiting waiting : batch) {
            Frame frame = frames.deserialize("", waiting.record().value());
            ByteBuffer payload = (ByteBuffer) frame.getPayload();
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            Classified classified = new Classified(
                    new FrameHead(frame.getFrameId(), frame.getCameraId(), frame.getSequence(), 0, 1, Map.of()),
                    List.of(HashEngine.predict(bytes)));
            forward(
                    waiting,
                    "labels",
                    settings.output().labels(),
                    answers.classification(classified, 0, waiting.source()));
            forward(
                    waiting,
                    "embeddings",
                    settings.output().embeddings(),
                    answers.embedding(classified, 0, waiting.source()));
        }
        batch.clear();
    }

    private void forward(Waiting waiting, String sink, String topic, Object answer) {
        context.forward(waiting.record().withValue(serializer.serialize(topic, answer)), sink);
    }

    @Override
    public void close() {
        serializer.close();
        frames.close();
    }
}
