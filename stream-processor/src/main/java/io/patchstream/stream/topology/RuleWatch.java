package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.LabelScore;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.rules.RuleMemory;
import io.patchstream.stream.rules.RuleState;
import io.patchstream.stream.rules.RuleState.Effect;
import io.patchstream.stream.rules.RuleState.Step;
import io.patchstream.stream.rules.WatchedRule;
import io.patchstream.stream.settings.LabelRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Forwards alarms. A rule goes by a camera's labels on one topic, in the order of their offsets: the order between two topics
 * is nowhere written. Where nothing is shown and nothing is on, nothing is remembered and nothing written.
 */
final class RuleWatch implements LabelWatch {
    static final String STORE = "rules";

    /** Whose memory it is; neither rules' nor topics' names have a slash in them. */
    private record Key(String rule, String topic, String camera) {
        static Key parse(String text) {
            String[] parts = text.split("/", 3);
            return new Key(parts[0], parts[1], parts[2]);
        }

        @Override
        public String toString() {
            return rule + "/" + topic + "/" + camera;
        }
    }

    private final Map<String, WatchedRule> rules;
    private final String topic;
    private final FrameIntake intake;
    private final Serializer<Object> serializer;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> memories;
    private boolean isSwept;

    RuleWatch(List<LabelRule> rules, String topic, FrameIntake intake, Serializer<Object> serializer) {
        this.rules = rules.stream()
                .map(WatchedRule::new)
                .collect(Collectors.toMap(
                        watched -> watched.rule().name(), Function.identity(), (one, other) -> one, TreeMap::new));
        this.topic = topic;
        this.intake = intake;
        this.serializer = serializer;
    }

    /**
     * In memory, with a changelog: it is a line for each rule and camera that shows something. Cached, so that a camera which
     * shows something all the time writes there once a commit and not once a picture.
     */
    static StoreBuilder<KeyValueStore<String, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled();
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        memories = given.getStateStore(STORE);
        isSwept = false;
    }

    @Override
    public void labelled(Classification label, SourcePosition source, Record<byte[], byte[]> frame, Headers trace) {
        if (!isSwept) {
            // Not when it begins: nothing may be forwarded then.
            sweep(frame.timestamp(), trace);
            isSwept = true;
        }
        for (WatchedRule watched : rules.values()) {
            if (watched.isFor(label.getCameraId())) {
                step(watched, label, source, frame.timestamp(), trace);
            }
        }
    }

    /** What another rules file has left: forgotten, and cleared where an alarm is on. */
    private void sweep(long timestamp, Headers trace) {
        List<KeyValue<String, byte[]>> left = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = memories.all()) {
            all.forEachRemaining(left::add);
        }
        for (KeyValue<String, byte[]> entry : left) {
            Key key = Key.parse(entry.key);
            RuleMemory memory = RuleMemory.of(entry.value);
            WatchedRule watched = rules.get(key.rule());
            if (watched != null && watched.fingerprint() == memory.rule() && watched.isFor(key.camera())) {
                continue;
            }
            memories.delete(entry.key);
            List<AlarmPicture> raisedBy = memory.state().raisedBy();
            if (!raisedBy.isEmpty()) {
                forward(Alarms.cleared(key.rule(), key.camera(), raisedBy, Optional.empty()), timestamp, trace);
            }
        }
    }

    private void step(WatchedRule watched, Classification label, SourcePosition source, long timestamp, Headers trace) {
        String key = new Key(watched.rule().name(), source.topic(), label.getCameraId()).toString();
        byte[] known = memories.get(key);
        Optional<LabelScore> shown = watched.shownBy(label);
        if (shown.isEmpty() && known == null) {
            return;
        }
        RuleState before =
                known == null ? RuleState.NOTHING : RuleMemory.of(known).state();
        AlarmPicture picture = Alarms.picture(label, shown);
        Step step = before.next(watched.rule(), timestamp, shown.isPresent(), picture);
        if (step.state().equals(RuleState.NOTHING)) {
            memories.delete(key);
        } else if (!step.state().equals(before)) {
            memories.put(key, new RuleMemory(watched.fingerprint(), step.state()).toBytes());
        }
        String rule = watched.rule().name();
        if (step.effect() == Effect.RAISES) {
            forward(Alarms.raised(rule, label.getCameraId(), step.raisedBy()), timestamp, trace);
        } else if (step.effect() == Effect.CLEARS) {
            forward(Alarms.cleared(rule, label.getCameraId(), step.raisedBy(), Optional.of(picture)), timestamp, trace);
        }
    }

    private void forward(Alarm alarm, long timestamp, Headers trace) {
        context.forward(
                new Record<>(alarm.getCameraId().getBytes(UTF_8), serializer.serialize(topic, alarm), timestamp, trace),
                FrameTopology.ALARMS);
        intake.answers().alarm(alarm.getRule(), alarm.getKind().name());
    }
}
