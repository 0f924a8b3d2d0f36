package io.patchstream.stream.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.lookup.Lookup;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Which dead letters were sent in again: a compacted topic whose key is a dead letter's place. A marker lies in the
 * transaction of the frame that it speaks of, so that both are there or neither.
 */
final class ReplayMarkers {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String topic;

    /** By place, the timestamp of the dead letter: when its topic was made anew, places begin again. */
    private final Map<String, Long> marked = new HashMap<>();

    private ReplayMarkers(String topic) {
        this.topic = topic;
    }

    /** Reads them; there are none where the topic is not there. Waits for the end of transactions that are open there. */
    static ReplayMarkers read(String topic, Lookup lookup) {
        ReplayMarkers markers = new ReplayMarkers(topic);
        if (lookup.exists(topic)) {
            lookup.readAll(topic, record -> {
                if (record.key() != null && record.value() != null) {
                    markers.marked.put(new String(record.key(), UTF_8), timestamp(record.value()));
                }
            });
        }
        return markers;
    }

    private static long timestamp(byte[] value) {
        try {
            JsonNode marker = JSON.readTree(value);
            return marker == null ? -1 : marker.path("timestamp").asLong(-1);
        } catch (IOException e) {
            // Nothing of ours: it marks no dead letter.
            return -1;
        }
    }

    boolean isMarked(DeadLetter letter) {
        return marked.getOrDefault(letter.place(), Long.MIN_VALUE)
                == letter.record().timestamp();
    }

    /** The marker, to be written in the frame's own transaction. */
    ProducerRecord<byte[], byte[]> marker(DeadLetter letter, String target, Instant now) {
        Map<String, Object> value = Map.of(
                "timestamp",
                letter.record().timestamp(),
                "sent_to",
                target,
                "sent_at",
                now.toString(),
                "attempt",
                letter.attempts() + 1);
        try {
            return new ProducerRecord<>(topic, letter.place().getBytes(UTF_8), JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of numbers and texts is JSON", e);
        }
    }
}
