package io.patchstream.stream.ledger;

import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.stream.rules.RuleWalk;
import io.patchstream.stream.rules.WatchedRule;
import io.patchstream.stream.settings.LabelRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * The alarms that follow from the labels of a range by the rules as they are now, when nothing was on at the range's
 * beginning. Takes the memory of a rule for each of its cameras.
 */
final class ExpectedAlarms {
    private final List<WatchedRule> rules;
    private final Map<Walked, RuleWalk> walks = new HashMap<>();
    private boolean hasOwnTimes;

    /** A rule goes by the labels of a camera from one partition. */
    private record Walked(String rule, String topic, int partition, String camera) {}

    ExpectedAlarms(List<LabelRule> rules) {
        this.rules = rules.stream().map(WatchedRule::new).toList();
    }

    /** Enters what the next label of its camera decides. */
    void label(ConsumerRecord<byte[], byte[]> record, Classification label, PartitionBook book) {
        AnswerLineage lineage = label.getLineage();
        if (!book.isInRange(lineage.getSourceOffset())) {
            return;
        }
        hasOwnTimes |= record.timestampType() == TimestampType.LOG_APPEND_TIME;
        for (WatchedRule rule : rules) {
            if (rule.isFor(label.getCameraId())) {
                Walked walked = new Walked(
                        rule.rule().name(),
                        lineage.getSourceTopic(),
                        lineage.getSourcePartition(),
                        label.getCameraId());
                walks.computeIfAbsent(walked, key -> new RuleWalk(rule))
                        .next(label, record.timestamp())
                        .ifPresent(alarm ->
                                book.expectAlarm(alarm.getId(), lineage.getSourceOffset(), label.getPicture()));
            }
        }
    }

    /** Whether the labels' topic stamps records with times of its own: rules go by the frames' times, which are gone then. */
    boolean hasOwnTimes() {
        return hasOwnTimes;
    }
}
