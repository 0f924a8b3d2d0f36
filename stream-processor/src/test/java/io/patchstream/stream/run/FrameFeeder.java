package io.patchstream.stream.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.settings.Settings;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Cameras: sends frames, round-robin over cameras, with payloads that a test chooses. */
final class FrameFeeder implements AutoCloseable {
    private final Settings settings;
    private final int cameras;
    private final IntFunction<byte[]> payloads;
    private final AvroSerializer<Frame> serializer = new AvroSerializer<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicInteger written = new AtomicInteger();
    private volatile int sent;

    /**
     * A feeder of the settings' first input topic.
     *
     * @param payloads the payload of each frame by its number; null makes a record that is no frame at all
     */
    FrameFeeder(Settings settings, int cameras, IntFunction<byte[]> payloads) {
        this.settings = settings;
        this.cameras = cameras;
        this.payloads = payloads;
        serializer.configure(settings.serde().config(), false);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", settings.kafka().get("bootstrap.servers"), "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Makes the topics of {@code settings} with {@code partitions} partitions. */
    static void createTopics(Settings settings, int partitions) {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", (Object) settings.kafka().get("bootstrap.servers")))) {
            Map<String, String> values = Map.of("topics.partitions", Integer.toString(partitions));
            new TopicCheck(
                            new Settings(
                                    settings.stream(),
                                    settings.model(),
                                    settings.compute(),
                                    settings.decode(),
                                    settings.input(),
                                    settings.output(),
                                    settings.uncertain(),
                                    settings.rules(),
                                    Settings.of(values).topics(),
                                    settings.claims(),
                                    settings.http(),
                                    settings.trace(),
                                    settings.ui(),
                                    settings.serde(),
                                    settings.kafka()),
                            admin)
                    .run();
        }
    }

    /** Sends the next frame. */
    Future<RecordMetadata> send() {
        int number = sent;
        sent = number + 1;
        String camera = "camera-" + number % cameras;
        String topic = settings.input().topics().get(0);
        byte[] payload = payloads.apply(number);
        byte[] value = payload == null
                ? ("no frame " + number).getBytes(UTF_8)
                : serializer.serialize(
                        topic,
                        new Frame(
                                "frame-" + number,
                                camera,
                                (long) (number / cameras),
                                Instant.now(),
                                Encoding.JPEG,
                                1,
                                ByteBuffer.wrap(payload),
                                Map.of()));
        return producer.send(new ProducerRecord<>(topic, camera.getBytes(UTF_8), value), (metadata, failure) -> {
            if (failure == null) {
                written.incrementAndGet();
            }
        });
    }

    /** Sends the next {@code frames} frames and waits until the broker has them. */
    void send(int frames) throws Exception {
        List<Future<RecordMetadata>> records = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            records.add(send());
        }
        for (Future<RecordMetadata> record : records) {
            record.get();
        }
    }

    int sent() {
        return sent;
    }

    /** Frames that the broker has. */
    int written() {
        return written.get();
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
