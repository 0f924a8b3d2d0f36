package io.patchstream.stream.ledger;

import io.patchstream.schemas.LedgerEntry;
import io.patchstream.schemas.TopicSpec;
import io.patchstream.schemas.Topics;
import io.patchstream.stream.lookup.Bound;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ledger write}: what was found balanced, as records. Exit code 1 when something is not. */
@Command(
        name = "write",
        mixinStandardHelpOptions = true,
        description = {
            "Derives ledger entries from the answers: for each source partition, what became of everything up to the last",
            "committed offset, or up to the first that is wrong. Goes on from the newest entry, so that counts outlive the",
            "answers' retention; run again, it writes nothing until there is something new. Exit code 1: not balanced."
        })
public final class LedgerWriteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--ledger",
            paramLabel = "TOPIC",
            defaultValue = Topics.DEFAULT_PREFIX + "ledger",
            description = "The ledger's topic (${DEFAULT-VALUE}).")
    private String ledger;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.load().settings();
        TopicSpec standard = Topics.standard().ledger();
        TopicSpec named = new TopicSpec(
                ledger,
                standard.key(),
                standard.value(),
                standard.cleanUp(),
                standard.compression(),
                standard.maxMessageBytes(),
                standard.doc());
        try (Lookup lookup = Lookup.open(settings);
                LedgerTopic topic = LedgerTopic.open(settings, named, lookup);
                LedgerAudit audit = new LedgerAudit(settings, lookup, Optional.empty())) {
            List<SourceRange> ranges = new ArrayList<>();
            for (SourceRange range :
                    lookup.ranges(settings.input().topics(), new Bound.Earliest(), new Bound.Latest())) {
                ranges.add(after(topic.newest(range.partition()), range));
            }
            LedgerReport report = audit.audit(ranges);
            int written = 0;
            for (PartitionBalance balance : report.partitions()) {
                if (balance.balancedTo() > balance.range().first()) {
                    topic.write(entry(topic.newest(balance.range().partition()), balance, Instant.now()));
                    written++;
                }
            }
            spec.commandLine().getOut().println(report.toText());
            spec.commandLine().getOut().println(written + " entries written to " + ledger);
            spec.commandLine().getOut().flush();
            return report.isBalanced() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    /** What is not yet in the newest entry. */
    private static SourceRange after(Optional<LedgerEntry> newest, SourceRange range) {
        long first = newest.map(LedgerEntry::getEndOffset).orElse(range.first());
        long begin = Math.min(Math.max(range.first(), first), range.end());
        return new SourceRange(range.partition(), range.beginning(), begin, range.end());
    }

    /** The newest entry and what came after it, as one. */
    static LedgerEntry entry(Optional<LedgerEntry> newest, PartitionBalance balance, Instant now) {
        Tally before = newest.map(entry -> new Tally(
                        entry.getRecords(),
                        entry.getLabelled(),
                        entry.getReused(),
                        new TreeMap<>(entry.getDropped()),
                        entry.getDeadLettered()))
                .orElse(Tally.NONE);
        Tally all = before.plus(balance.balancedTally());
        return new LedgerEntry(
                balance.range().partition().topic(),
                balance.range().partition().partition(),
                newest.map(LedgerEntry::getFirstOffset).orElse(balance.range().first()),
                balance.balancedTo(),
                all.records(),
                all.pictures(),
                all.labelled(),
                all.reused(),
                all.dropped(),
                all.deadLettered(),
                now.truncatedTo(ChronoUnit.MICROS));
    }
}
