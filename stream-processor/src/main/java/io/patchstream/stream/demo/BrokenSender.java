package io.patchstream.stream.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Slips a broken record of each kind in between a camera's healthy ones, a while apart. Used by one thread. */
final class BrokenSender implements AutoCloseable {
    private final BrokenFrames frames;
    private final Serializer<Object> serializer;
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final FrameBooks books;
    private final Duration interval;
    private int sent;

    /** @param serializer of frames; taken over */
    BrokenSender(
            Map<String, String> kafka, Serializer<Object> serializer, String topic, FrameBooks books, Duration interval)
            throws IOException {
        this.frames = new BrokenFrames(serializer, topic, TestPictures.jpeg(), TestPictures.segment());
        this.serializer = serializer;
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.books = books;
        this.interval = interval;
    }

    /** Sends those whose time has come, as if {@code camera} had sent them. */
    void sendDue(Duration elapsed, String camera) throws IOException, InterruptedException {
        BrokenFrames.Kind[] kinds = BrokenFrames.Kind.values();
        while (sent < kinds.length && elapsed.compareTo(interval.multipliedBy(sent + 1L)) >= 0) {
            byte[] record = frames.record(kinds[sent++], camera);
            books.sentBroken(record);
            try {
                producer.send(new ProducerRecord<>(topic, camera.getBytes(UTF_8), record))
                        .get();
            } catch (ExecutionException e) {
                throw new IOException(
                        "a broken frame could not be stored: " + e.getCause().getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        serializer.close();
    }
}
