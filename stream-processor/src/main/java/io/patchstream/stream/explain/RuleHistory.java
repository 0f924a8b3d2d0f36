package io.patchstream.stream.explain;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.rules.RuleWalk;
import io.patchstream.stream.rules.WatchedRule;
import io.patchstream.stream.settings.Settings;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * What a rule makes of a camera's labels as they lie on their topic, in the order in which they were written: the way of the
 * processor, gone again. Exact where the topic has all of them, with the frames' times, and the rule is what it was.
 */
final class RuleHistory {
    private final RuleWalk walk;
    private final Alarm alarm;
    private final AlarmPicture decided;

    private long labels;
    private boolean hasOwnTimes;
    private boolean hasDecided;
    private boolean hasAlarm;

    private RuleHistory(WatchedRule rule, Alarm alarm, AlarmPicture decided) {
        this.walk = new RuleWalk(rule);
        this.alarm = alarm;
        this.decided = decided;
    }

    /**
     * Whether the alarm follows from the labels; what cannot be known is said, and not held against the alarm.
     *
     * @param settings name the rules as they are now, and the labels' topic
     */
    static Verdict of(Alarm alarm, Settings settings, Lookup lookup) {
        Optional<AlarmPicture> decided = Alarms.deciding(alarm);
        if (decided.isEmpty()) {
            return new Verdict(
                    true,
                    "the rule: was changed or taken away, which cleared the alarm; no picture did, and no label shows it");
        }
        Optional<WatchedRule> rule = settings.rules().rules().stream()
                .filter(known -> known.name().equals(alarm.getRule()))
                .map(WatchedRule::new)
                .filter(known -> known.isFor(alarm.getCameraId()))
                .findFirst();
        String topic = settings.output().labels();
        if (rule.isEmpty()) {
            return unknown(
                    settings.rules().isOn()
                            ? "rules.file has no rule of this name for this camera now"
                            : "rules.file names none here");
        } else if (!lookup.exists(topic)) {
            return unknown("there is no topic " + topic);
        }
        RuleHistory history = new RuleHistory(rule.get(), alarm, decided.get());
        try (AvroDeserializer<Classification> values = new AvroDeserializer<>(Classification.class)) {
            values.configure(settings.serde().config(), false);
            lookup.readAll(topic, record -> {
                if (record.value() != null) {
                    history.take(record, values.deserialize(topic, record.value()));
                }
            });
        }
        return history.verdict(topic, lookup.isTrimmed(topic));
    }

    private static Verdict unknown(String why) {
        return new Verdict(
                true,
                "the rule: goes by earlier pictures too, which one frame does not show; not looked at, since " + why);
    }

    /** A rule goes by the labels of a camera from one partition: two of them are two processors' business. */
    private void take(ConsumerRecord<byte[], byte[]> record, Classification label) {
        SourcePosition source = Alarms.source(Alarms.picture(label, Optional.empty()));
        if (hasDecided
                || !label.getCameraId().equals(alarm.getCameraId())
                || !source.topic().equals(decided.getSourceTopic())
                || source.partition() != decided.getSourcePartition()) {
            return;
        }
        labels++;
        hasOwnTimes |= record.timestampType() == TimestampType.LOG_APPEND_TIME;
        Optional<Alarm> given = walk.next(label, record.timestamp());
        hasDecided = source.offset() == decided.getSourceOffset() && label.getPicture() == decided.getPicture();
        hasAlarm = hasDecided && given.filter(alarm::equals).isPresent();
    }

    private Verdict verdict(String topic, boolean isTrimmed) {
        String walked = "the rule: as rules.file has it now, the camera's " + labels + " labels on " + topic;
        if (!hasDecided) {
            String missing = " hold that of the deciding picture";
            return isTrimmed
                    ? new Verdict(true, walked + " do not" + missing + ": the topic has lost its oldest records")
                    : new Verdict(false, walked + " do NOT" + missing);
        } else if (hasAlarm) {
            return new Verdict(true, walked + " up to the deciding one give this alarm, with the same pictures");
        } else if (isTrimmed || hasOwnTimes) {
            return new Verdict(
                    true,
                    walked + " do not give this alarm, which proves nothing: the topic has "
                            + (isTrimmed ? "lost its oldest records" : "times of its own, and not the frames'"));
        }
        return new Verdict(
                false,
                walked + " up to the deciding one do NOT give this alarm: the rule was another then, or it is wrong");
    }
}
