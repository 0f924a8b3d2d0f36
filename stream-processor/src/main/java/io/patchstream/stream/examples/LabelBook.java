package io.patchstream.stream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Correction;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * What was said of pictures: by people in corrections, by models in labels. A correction holds over any label, and of each
 * the newest record. Held in memory, about 200 bytes a picture.
 */
final class LabelBook {
    /** What a picture shows. */
    sealed interface Said {}

    /** Somebody said so; {@code label} is empty when nothing should be learnt from the picture. */
    record Corrected(Optional<String> label) implements Said {}

    /** A model said so. */
    record Labelled(String label, float probability) implements Said {}

    private record Timed(long timestamp, Corrected said) {}

    private final Map<PicturePlace, Labelled> labels = new HashMap<>();
    private final Map<String, Timed> corrections = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private int unreadable;

    /** Adds a topic of classifications, up to where it ends now. */
    void readLabels(Lookup lookup, String topic, Map<String, String> serde) {
        try (AvroDeserializer<Classification> values = new AvroDeserializer<>(Classification.class)) {
            values.configure(serde, false);
            lookup.readAll(topic, record -> {
                try {
                    Classification answer = values.deserialize(topic, record.value());
                    if (answer == null || answer.getTopK().isEmpty()) {
                        unreadable++;
                        return;
                    }
                    AnswerLineage lineage = answer.getLineage();
                    LabelScore best = answer.getTopK().get(0);
                    labels.put(
                            new PicturePlace(
                                    new SourcePosition(
                                            lineage.getSourceTopic(),
                                            lineage.getSourcePartition(),
                                            lineage.getSourceOffset()),
                                    answer.getPicture()),
                            new Labelled(best.getLabel(), best.getProbability()));
                } catch (SerializationException e) {
                    unreadable++;
                }
            });
        }
    }

    /** Adds a topic of corrections, whose values are {@link Correction} records, or plain labels in UTF-8. */
    void readCorrections(Lookup lookup, String topic, Map<String, String> serde) {
        try (AvroDeserializer<Correction> values = new AvroDeserializer<>(Correction.class)) {
            values.configure(serde, false);
            lookup.readAll(topic, record -> correct(record, values));
        }
    }

    private void correct(ConsumerRecord<byte[], byte[]> record, AvroDeserializer<Correction> values) {
        if (record.key() == null || record.key().length == 0) {
            unreadable++;
            return;
        }
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
            corrections.remove(key);
            return;
        }
        try {
            // The wire format begins with a zero byte, which no text does.
            String label = record.value().length > 0 && record.value()[0] != 0
                    ? new String(record.value(), UTF_8)
                    : values.deserialize(record.topic(), record.value()).getLabel();
            corrections.put(
                    key,
                    new Timed(
                            record.timestamp(),
                            new Corrected(Optional.ofNullable(label)
                                    .map(String::strip)
                                    .filter(text -> !text.isEmpty()))));
        } catch (SerializationException e) {
            unreadable++;
        }
    }

    /** What is said of a picture; empty when nothing is. */
    Optional<Said> of(PicturePlace place, String frameId) {
        Optional<Timed> newest = Optional.empty();
        for (String key : List.of(place.correctionKey(frameId), place.correctionKey())) {
            Timed correction = corrections.get(key);
            if (correction != null) {
                used.add(key);
                if (newest.isEmpty() || correction.timestamp() > newest.get().timestamp()) {
                    newest = Optional.of(correction);
                }
            }
        }
        return newest.isPresent() ? newest.map(Timed::said) : Optional.ofNullable(labels.get(place));
    }

    /** How many corrections no picture asked for. */
    int unusedCorrections() {
        return corrections.size() - used.size();
    }

    /** How many records were no labels and no corrections. */
    int unreadable() {
        return unreadable;
    }
}
