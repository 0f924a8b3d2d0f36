package io.patchstream.stream.deadletters;

import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which dead letters may be sent in again; writes nothing. */
final class ReplayRules {
    /** What becomes of a dead letter. */
    enum Fate {
        SENT,
        BEFORE,
        REFUSED
    }

    /**
     * What becomes of one.
     *
     * @param fate what
     * @param says where it goes, or why not
     */
    record Told(Fate fate, String says) {}

    private final List<String> topics;
    private final int maxAttempts;
    private final ReplayMarkers markers;
    private final Map<String, Integer> partitions = new HashMap<>();

    /**
     * The rules.
     *
     * @param maxAttempts how often a frame may be sent in again
     */
    ReplayRules(Settings settings, Lookup lookup, ReplayMarkers markers, int maxAttempts) {
        this.topics = settings.input().topics();
        this.maxAttempts = maxAttempts;
        this.markers = markers;
        topics.forEach(topic -> partitions.put(topic, lookup.partitions(topic).size()));
    }

    Told judge(DeadLetter letter) {
        if (markers.isMarked(letter)) {
            return new Told(Fate.BEFORE, "was sent in before");
        }
        Optional<SourcePosition> source = letter.source();
        if (source.isEmpty()) {
            return new Told(Fate.REFUSED, "its headers do not say where it was read");
        }
        String topic = source.get().topic();
        if (!partitions.containsKey(topic)) {
            return new Told(
                    Fate.REFUSED,
                    "it was read from " + topic + ", which is none of input.topics (" + String.join(",", topics) + ")");
        }
        if (letter.attempts() >= maxAttempts) {
            return new Told(
                    Fate.REFUSED,
                    "it was sent in again " + letter.attempts() + " times and died each time (" + letter.reason()
                            + "): mend the cause, then raise --max-attempts");
        }
        return new Told(Fate.SENT, "to " + topic);
    }

    /** The partition that it was read from; null, for the key to decide, where the topic has been made anew with fewer. */
    Integer partition(SourcePosition source) {
        return source.partition() < partitions.get(source.topic()) ? source.partition() : null;
    }
}
