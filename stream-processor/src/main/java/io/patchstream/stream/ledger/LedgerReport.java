package io.patchstream.stream.ledger;

import io.patchstream.stream.lookup.Bound;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the source stands as a whole.
 *
 * @param group the group whose answers these are
 * @param partitions each partition's balance
 * @param hasUncertain whether uncertain pictures were looked at
 * @param hasAlarms whether alarms were
 * @param workedOut how far alarms were worked out again from labels; empty when nobody asked
 * @param bytesRead keys and values of answers that were read
 */
public record LedgerReport(
        String group,
        List<PartitionBalance> partitions,
        boolean hasUncertain,
        boolean hasAlarms,
        String workedOut,
        long bytesRead) {
    /** Findings of a partition that people are shown; the JSON has all that are kept. */
    private static final int SHOWN = 20;

    public LedgerReport {
        partitions = List.copyOf(partitions);
    }

    /**
     * How the whole source of {@code settings} stands now. Reads all answers that their topics hold.
     *
     * @throws io.patchstream.stream.run.ProcessorFailedException when a topic is not there or cannot be read
     */
    public static LedgerReport now(Settings settings) {
        try (Lookup lookup = Lookup.open(settings);
                LedgerAudit audit = new LedgerAudit(settings, lookup, Optional.empty())) {
            return audit.audit(lookup.ranges(settings.input().topics(), new Bound.Earliest(), new Bound.Latest()));
        }
    }

    public boolean isBalanced() {
        return partitions.stream().allMatch(PartitionBalance::isBalanced);
    }

    /** What became of all partitions' records. */
    public Tally tally() {
        return partitions.stream().map(PartitionBalance::tally).reduce(Tally.NONE, Tally::plus);
    }

    /** Offsets whose answers are not yet committed. */
    public long inFlight() {
        return partitions.stream().mapToLong(PartitionBalance::inFlight).sum();
    }

    /** Pictures that were found uncertain, beside their labels. */
    public long uncertain() {
        return partitions.stream().mapToLong(PartitionBalance::uncertain).sum();
    }

    /** Alarms that pictures decided, beside their labels. */
    public long alarms() {
        return partitions.stream().mapToLong(PartitionBalance::alarms).sum();
    }

    /** How many answers, or what goes with them, are missing or too many. */
    public long wrong() {
        return partitions.stream().mapToLong(PartitionBalance::findingCount).sum();
    }

    /** For people: a line a partition, its findings below it, and the sum. */
    String toText() {
        List<String> lines = new ArrayList<>();
        for (PartitionBalance balance : partitions) {
            lines.add(line(balance));
            balance.findings().stream().limit(SHOWN).forEach(finding -> lines.add("    " + finding));
            if (balance.findingCount() > SHOWN) {
                lines.add("    and " + (balance.findingCount() - SHOWN) + " more; --json lists them");
            }
        }
        Tally tally = tally();
        lines.add((isBalanced() ? "balanced: " : "NOT BALANCED: ") + tally.records() + " records, " + tally.labelled()
                + " labelled, " + tally.reused() + " reused, " + tally.allDropped() + " dropped, "
                + tally.deadLettered()
                + " dead-lettered, " + inFlight()
                + " offsets in flight");
        if (hasUncertain || hasAlarms) {
            lines.add("beside them: "
                    + beside(uncertain(), alarms()).collect(Collectors.joining(", "))
                    + (isBalanced() ? "; each once, and of a picture with a label" : ""));
        }
        if (!workedOut.isEmpty()) {
            lines.add(workedOut);
        }
        return String.join(System.lineSeparator(), lines);
    }

    /** What is no answer, as far as it was looked at. */
    private Stream<String> beside(long uncertain, long alarms) {
        return Stream.of(hasUncertain ? "uncertain " + uncertain : "", hasAlarms ? "alarms " + alarms : "")
                .filter(text -> !text.isEmpty());
    }

    private String line(PartitionBalance balance) {
        Tally tally = balance.tally();
        StringBuilder line = new StringBuilder()
                .append(balance.range().partition())
                .append(" offsets ")
                .append(balance.range().first())
                .append(" to ")
                .append(balance.due())
                .append(": ")
                .append(balance.isBalanced() ? "balanced" : balance.findingCount() + " wrong")
                .append(", records ")
                .append(tally.records())
                .append(", labelled ")
                .append(tally.labelled())
                .append(", reused ")
                .append(tally.reused())
                .append(", ")
                .append(dropped(tally))
                .append(", dead-lettered ")
                .append(tally.deadLettered());
        beside(balance.uncertain(), balance.alarms())
                .forEach(text -> line.append(", ").append(text));
        if (balance.inFlight() > 0) {
            line.append(", in flight ")
                    .append(balance.inFlight())
                    .append(" (")
                    .append(balance.due())
                    .append(" to ")
                    .append(balance.range().end())
                    .append(')');
        }
        if (balance.expired() > 0) {
            line.append(", ").append(balance.expired()).append(" answers whose record is gone");
        }
        if (balance.expiredAnswers() > 0) {
            line.append(", ").append(balance.expiredAnswers()).append(" records whose answers are gone");
        }
        return line.toString();
    }

    private static String dropped(Tally tally) {
        return tally.dropped().isEmpty() ? "dropped 0" : "dropped " + tally.allDropped() + " " + tally.dropped();
    }

    /** For programs. */
    Map<String, Object> toJson() {
        List<Map<String, Object>> each = new ArrayList<>();
        for (PartitionBalance balance : partitions) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("topic", balance.range().partition().topic());
            json.put("partition", balance.range().partition().partition());
            json.put("first_offset", balance.range().first());
            json.put("due_offset", balance.due());
            json.put("end_offset", balance.range().end());
            json.put("balanced", balance.isBalanced());
            json.putAll(json(balance.tally()));
            json.put("in_flight", balance.inFlight());
            json.put("in_flight_answered", balance.answeredEarly());
            json.put("answers_without_record", balance.expired());
            json.put("records_with_expired_answers", balance.expiredAnswers());
            json.putAll(json(balance.uncertain(), balance.alarms()));
            json.put("wrong", balance.findingCount());
            json.put(
                    "findings",
                    balance.findings().stream()
                            .map(finding -> Map.of(
                                    "offset", finding.offset(),
                                    "picture", finding.picture(),
                                    "kind", finding.kind().name(),
                                    "says", finding.toString()))
                            .toList());
            json.put("memory_bytes", balance.memoryBytes());
            each.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("group", group);
        json.put("balanced", isBalanced());
        json.putAll(json(tally()));
        json.putAll(json(uncertain(), alarms()));
        if (!workedOut.isEmpty()) {
            json.put("alarms_worked_out", workedOut);
        }
        json.put("bytes_read", bytesRead);
        json.put("partitions", each);
        return json;
    }

    private Map<String, Object> json(long uncertain, long alarms) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (hasUncertain) {
            json.put("uncertain", uncertain);
        }
        if (hasAlarms) {
            json.put("alarms", alarms);
        }
        return json;
    }

    private static Map<String, Object> json(Tally tally) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("records", tally.records());
        json.put("labelled", tally.labelled());
        json.put("reused", tally.reused());
        json.put("dropped", tally.dropped());
        json.put("dead_lettered", tally.deadLettered());
        return json;
    }
}
