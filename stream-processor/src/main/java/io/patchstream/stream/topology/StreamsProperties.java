package io.patchstream.stream.topology;

import io.patchstream.stream.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What Kafka Streams is configured with: our choices, then the user's {@code kafka.*} over them, then the look-ahead beside
 * the user's own interceptors. The reasons stand at the lines.
 */
public final class StreamsProperties {
    private static final int FETCH_BYTES = 32 << 20;
    private static final int MIN_FETCH_BYTES = 1 << 20;
    private static final String INTERCEPTORS =
            StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);

    private StreamsProperties() {}

    /**
     * The properties.
     *
     * @param lookAhead frames that one stream thread may hold
     * @param intake handed to the look-ahead of each stream thread
     */
    public static Map<String, Object> of(Settings settings, int lookAhead, FrameIntake intake) {
        Map<String, Object> properties = new HashMap<>();
        long maxBytes = settings.input().maxBytes();
        // What is fetched and not yet polled is part of a thread's share of memory; one record always passes.
        long share = intake == null ? Long.MAX_VALUE : intake.bufferShare();
        int fetch = (int) Math.max(Math.min(FETCH_BYTES, Math.max(MIN_FETCH_BYTES, share / 8)), 1);

        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.stream().applicationId());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.stream().threads());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.stream().commitInterval().toMillis());
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG, settings.stream().stateDir().toString());

        // The user's own clients, by the same key, are not bounded in bytes.
        properties.put(StreamsConfig.DEFAULT_CLIENT_SUPPLIER_CONFIG, FrameClients.class.getName());
        // What a thread holds is sized in time (half a second of the engine's work): it bounds rebalance and stop.
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), lookAhead);
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, lookAhead);
        // Kafka's 1 MiB holds three camera frames, and batches would be of three.
        properties.put(consumer(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), fetch);
        properties.put(consumer(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 2 * fetch);
        properties.put(consumer(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        if (!"streams".equalsIgnoreCase(settings.kafka().get(StreamsConfig.GROUP_PROTOCOL_CONFIG))) {
            // The time that a killed processor's partitions wait; the streams protocol has it on the broker.
            properties.put(consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
        }
        // With the default 10 s a killed single broker skips abort markers while it starts: duplicates become visible.
        properties.put(producer(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 60_000);
        // Nothing can be read before the commit, which sends what waits: sending earlier makes requests, and no answer
        // comes sooner. Kafka Streams' own 100 ms cost a third more at the broker and at the client.
        properties.put(producer(ProducerConfig.LINGER_MS_CONFIG), (int)
                settings.stream().commitInterval().toMillis());
        // A dead letter carries its frame: what could be read must be writable, with room for the headers.
        int request = (int) Math.min(Integer.MAX_VALUE, maxBytes + (1 << 20));
        properties.put(producer(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), request);
        properties.put(producer(ProducerConfig.BUFFER_MEMORY_CONFIG), Math.max(64L << 20, 2L * request));

        properties.putAll(settings.kafka());

        Object users = properties.get(INTERCEPTORS);
        String ours = LookAhead.class.getName();
        properties.put(INTERCEPTORS, users == null ? ours : ours + "," + users);
        properties.put(StreamsConfig.mainConsumerPrefix(LookAhead.INTAKE), intake);
        return properties;
    }

    private static String consumer(String key) {
        return StreamsConfig.consumerPrefix(key);
    }

    private static String producer(String key) {
        return StreamsConfig.producerPrefix(key);
    }
}
