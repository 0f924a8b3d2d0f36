package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.publish.Answers;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
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
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The accounts must find what a processor loses that gathers its batch in {@code process()}, as is most natural: Kafka
 * Streams commits what it has been given, and a stop in good order forgets what it has not forwarded. (The same processor
 * passes TopologyTestDriver.) If this test fails, {@link FrameAccounts} is blind and the fault tests prove nothing.
 */
@ExtendWith(RealKafka.class)
class NegativeControlIT {
    private static final int BATCH = 16;

    /** Answers when it has a batch, or when the oldest frame has waited too long. */
    private static final class BufferingClassifier implements Processor<byte[], byte[], byte[], byte[]> {
        private record Waiting(Record<byte[], byte[]> record, SourcePosition source) {}

        private final List<Waiting> batch = new ArrayList<>();
        private final Serializer<Object> serializer;
        private final Settings settings;
        private final AvroDeserializer<Frame> frames = new AvroDeserializer<>(Frame.class);
        private ProcessorContext<byte[], byte[]> context;

        BufferingClassifier(Settings settings, Serializer<Object> serializer) {
            this.settings = settings;
            this.serializer = serializer;
            frames.configure(settings.serde().config(), false);
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> given) {
            context = given;
            // A minute in place of the usual milliseconds only spares the test a race.
            context.schedule(Duration.ofMinutes(1), PunctuationType.WALL_CLOCK_TIME, now -> drain());
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
            for (Waiting frame : batch) {
                Frame read = frames.deserialize("", frame.record().value());
                ByteBuffer payload = (ByteBuffer) read.getPayload();
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                Classified classified = new Classified(
                        new FrameHead(read.getFrameId(), read.getCameraId(), read.getSequence(), 0, 1, Map.of()),
                        List.of(FakeEngine.predict(bytes)));
                Answers answers = new Answers("control");
                context.forward(
                        frame.record()
                                .withValue(serializer.serialize(
                                        settings.output().labels(),
                                        answers.classification(classified, 0, frame.source()))),
                        "labels");
                context.forward(
                        frame.record()
                                .withValue(serializer.serialize(
                                        settings.output().embeddings(),
                                        answers.embedding(classified, 0, frame.source()))),
                        "embeddings");
            }
            batch.clear();
        }
    }

    @Test
    void shouldFindTheFramesThatABufferingProcessorLoses(RealKafka.Broker broker) throws Exception {
        int frames = BATCH + BATCH / 2;
        Settings settings = Settings.of(broker.settings("control"));
        FrameFeeder.createTopics(settings, 1);
        Serializer<Object> serializer = Serdes.serializer(settings.serde());
        Topology topology = new Topology()
                .addSource(
                        "frames",
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        settings.input().topics().get(0))
                .addProcessor("classifier", () -> new BufferingClassifier(settings, serializer), "frames")
                .addSink(
                        "labels",
                        settings.output().labels(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        "classifier")
                .addSink(
                        "embeddings",
                        settings.output().embeddings(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        "classifier");
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "application.id", settings.stream().applicationId(),
                "bootstrap.servers", broker.bootstrapServers(),
                "processing.guarantee", "exactly_once_v2",
                "state.dir", settings.stream().stateDir().toString()));
        try (FrameFeeder feeder = new FrameFeeder(settings, 1, number -> ("picture " + number).getBytes(UTF_8));
                Progress progress = new Progress(settings);
                KafkaStreams streams = new KafkaStreams(topology, properties)) {
            streams.start();
            feeder.send(frames);
            await().atMost(Duration.ofMinutes(1)).until(progress::isSettled);
        }
        FrameAccounts accounts = FrameAccounts.audit(settings);
        assertThat(accounts.frames()).isEqualTo(frames);
        assertThat(accounts.labels()).isEqualTo(BATCH);
        assertThat(accounts.lost()).hasSize(frames - BATCH);
    }
}
