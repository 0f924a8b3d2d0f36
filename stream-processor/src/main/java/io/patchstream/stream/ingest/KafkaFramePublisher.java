package io.patchstream.stream.ingest;

import io.patchstream.schemas.Frame;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Puts frames on a topic, each once and in its camera's order (idempotent, {@code acks=all}). Holds at most so many frames
 * and bytes that Kafka has not confirmed; then cameras wait. Shared by cameras; whoever makes it closes it.
 */
public final class KafkaFramePublisher implements FramePublisher, AutoCloseable {
    /** Unconfirmed frames, whatever their size. */
    private static final int MAX_IN_FLIGHT = 256;

    /** Of a record besides its payload: ids, attributes, Kafka's own framing. */
    private static final int ENVELOPE_BYTES = 16 << 10;

    private final Producer<String, Object> producer;
    private final String topic;
    private final long maxPayloadBytes;
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT, true);
    private final AtomicReference<PublishFailedException> failure = new AtomicReference<>();
    private final AtomicLong confirmed = new AtomicLong();

    /**
     * A publisher through {@code producer}, which it takes over.
     *
     * @param maxRecordBytes the largest record that the topic takes
     */
    KafkaFramePublisher(Producer<String, Object> producer, String topic, long maxRecordBytes) {
        this.producer = producer;
        this.topic = topic;
        this.maxPayloadBytes = maxRecordBytes - ENVELOPE_BYTES;
    }

    /**
     * Connects.
     *
     * @param kafka Kafka's own properties; they win but for those that keep frames from being lost or reordered
     * @param serializer of {@link Frame}s, configured; taken over
     */
    public static KafkaFramePublisher connect(
            Map<String, String> kafka, Serializer<Object> serializer, String topic, long maxRecordBytes) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(Math.max(32L << 20, 4 * maxRecordBytes)));
        properties.putAll(kafka);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Long.toString(maxRecordBytes));
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        return new KafkaFramePublisher(
                new KafkaProducer<>(properties, new StringSerializer(), serializer), topic, maxRecordBytes);
    }

    @Override
    public long maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** Frames that Kafka has stored. */
    public long confirmed() {
        return confirmed.get();
    }

    @Override
    public void publish(Frame frame) throws InterruptedException {
        send(frame.getCameraId(), frame.getFrameId(), new ProducerRecord<>(topic, frame.getCameraId(), frame));
    }

    private void send(String camera, String frameId, ProducerRecord<String, Object> record)
            throws InterruptedException {
        inFlight.acquire();
        boolean handedOver = false;
        try {
            throwFailure();
            producer.send(record, (metadata, error) -> {
                inFlight.release();
                if (error == null) {
                    confirmed.incrementAndGet();
                } else {
                    fail(camera, frameId, error);
                }
            });
            handedOver = true;
        } catch (KafkaException e) {
            fail(camera, frameId, e);
            throwFailure();
        } finally {
            if (!handedOver) {
                inFlight.release();
            }
        }
    }

    private void fail(String camera, String frameId, Exception cause) {
        failure.compareAndSet(
                null,
                new PublishFailedException(
                        "Kafka did not store frame " + frameId + " of " + camera + " on " + topic + ": "
                                + cause.getMessage(),
                        cause));
    }

    private void throwFailure() {
        PublishFailedException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /**
     * Waits until all that was published is stored.
     *
     * @throws PublishFailedException when something was not
     */
    public void flush() {
        producer.flush();
        throwFailure();
    }

    /** Stores what is on its way, for at most five seconds. May be called twice. */
    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
