package io.patchstream.stream.desk;

import io.patchstream.stream.deadletters.DeadLetterBox;
import io.patchstream.stream.ledger.Finding;
import io.patchstream.stream.ledger.LedgerReport;
import io.patchstream.stream.ledger.PartitionBalance;
import io.patchstream.stream.page.AlarmBook;
import io.patchstream.stream.page.DeskException;
import io.patchstream.stream.page.PipelineDesk;
import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.settings.Secrets;
import io.patchstream.stream.settings.Settings;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** The desk of a pipeline on Kafka. Opens its clients for each question and closes them after it. */
public final class KafkaDesk implements PipelineDesk {
    /** Of each partition of the dead letters' topic. */
    static final int NEWEST = 500;

    private static final int SHOWN_LETTERS = 200;
    private static final int SHOWN_FINDINGS = 5;

    private final Settings settings;
    private final DeadLetterBox box;
    private final Subjects subjects;
    private final AlarmBook alarms;

    public KafkaDesk(Settings settings) {
        this.settings = settings;
        this.box = new DeadLetterBox(settings);
        this.subjects = new Subjects(settings);
        this.alarms = settings.rules().isOn() ? new AlarmFeed(settings) : AlarmBook.NONE;
    }

    @Override
    public DeadLetterList deadLetters() {
        return told(() -> {
            DeadLetterBox.Content content = box.newest(NEWEST);
            return new DeadLetterList(
                    settings.output().deadLetters(),
                    content.letters().stream()
                            .limit(SHOWN_LETTERS)
                            .map(KafkaDesk::shown)
                            .toList(),
                    content.reasons(),
                    content.letters().size(),
                    content.complete());
        });
    }

    private static Buried shown(DeadLetterBox.Letter letter) {
        return new Buried(
                letter.place(),
                letter.atMillis(),
                letter.reason(),
                letter.message(),
                letter.camera(),
                letter.source(),
                letter.attempts(),
                letter.sentInAgain());
    }

    @Override
    public Replayed replay(Set<String> places) {
        return told(() -> {
            DeadLetterBox.Replayed replayed = box.replay(places);
            return new Replayed(replayed.sent(), replayed.before(), replayed.refused());
        });
    }

    @Override
    public LedgerState ledger() {
        return told(() -> {
            LedgerReport report = LedgerReport.now(settings);
            return new LedgerState(
                    report.group(),
                    report.isBalanced(),
                    report.tally().records(),
                    report.tally().labelled() + report.tally().reused(),
                    report.tally().allDropped(),
                    report.tally().deadLettered(),
                    report.inFlight(),
                    report.wrong(),
                    report.partitions().stream().map(KafkaDesk::shown).toList(),
                    report.bytesRead());
        });
    }

    private static PartitionState shown(PartitionBalance balance) {
        return new PartitionState(
                balance.range().partition().toString(),
                balance.tally().records(),
                balance.inFlight(),
                balance.findingCount(),
                balance.findings().stream()
                        .limit(SHOWN_FINDINGS)
                        .map(Finding::toString)
                        .toList());
    }

    @Override
    public List<Subject> subjects() {
        return told(subjects::all);
    }

    @Override
    public AlarmBook alarms() {
        return alarms;
    }

    private static <T> T told(Supplier<T> asked) {
        try {
            return asked.get();
        } catch (ProcessorFailedException | KafkaException e) {
            throw new DeskException(Secrets.withoutCredentials(String.valueOf(e.getMessage())), e);
        }
    }
}
