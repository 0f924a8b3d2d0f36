package io.patchstream.bench.fault;

import io.patchstream.bench.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** A run's result for people and, as JSON, for machines. */
final class FaultReport {
    private static final int SHOWN = 20;

    private final Report report;
    private final List<Object> runs = new ArrayList<>();

    FaultReport(Report report) {
        this.report = report;
        report.put("runs", runs);
    }

    void add(FaultResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        Accounts.Verdict verdict = result.verdict();
        json.put("protocol", result.plan().protocol());
        json.put("seed", result.plan().seed());
        json.put("processors", result.plan().processors());
        json.put("seconds", result.took().toSeconds());
        json.put("faults", result.faults());
        report.say(
                "%s protocol, seed %d, %d processors, %d s: %d faults",
                result.plan().protocol(),
                result.plan().seed(),
                result.plan().processors(),
                result.took().toSeconds(),
                result.faults());
        json.put("by_kind", kinds(result));
        json.put("not_injected", result.missed());
        result.missed().forEach(missed -> report.say("not injected: %s", missed));
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("frames", verdict.frames());
        figures.put("acknowledged", verdict.acknowledged());
        figures.put("unacknowledged_but_there", verdict.unacknowledged());
        figures.put("labels", verdict.labels());
        figures.put("embeddings", verdict.embeddings());
        figures.put("dead_letters", verdict.deadLetters());
        figures.put("uncertain_pictures", verdict.uncertain());
        figures.put("aborted_records", result.aborted());
        figures.forEach((name, value) -> report.say("%-26s %d", name, value));
        json.putAll(figures);
        names("lost", verdict.lost(), json);
        names("duplicated", verdict.duplicated(), json);
        names("out_of_order", verdict.outOfOrder(), json);
        names("wrong", verdict.wrong(), json);
        names("misremembered", verdict.misremembered(), json);
        names("forgotten_by_broker", verdict.forgotten(), json);
        names("ended_by_themselves", result.unexpected(), json);
        json.put("ledger_balanced", result.balanced());
        json.put("stopped_in_time", result.stopped());
        json.put("max_rss_mib", result.maxMib());
        json.put(
                "rss_slope_mib_per_minute",
                Double.isNaN(result.slopeMibPerMinute()) ? null : result.slopeMibPerMinute());
        report.say(
                "%-26s %s",
                "ledger",
                result.ledger().strip().lines().reduce((before, last) -> last).orElse("says nothing"));
        report.say(
                "%-26s at most %.0f MiB, growing %s",
                "processors' memory",
                result.maxMib(),
                Double.isNaN(result.slopeMibPerMinute())
                        ? "unknown: none lived 90 s"
                        : "%.2f MiB a minute".formatted(result.slopeMibPerMinute()));
        json.put("failures", result.failures());
        json.put("passed", result.isPassed());
        report.say(result.isPassed() ? "PASSED" : "FAILED: %s", String.join("; ", result.failures()));
        runs.add(json);
    }

    private void names(String key, List<String> names, Map<String, Object> json) {
        json.put(key, names.size());
        report.say("%-26s %d", key, names.size());
        if (!names.isEmpty()) {
            json.put(key + "_named", names.subList(0, Math.min(SHOWN, names.size())));
            names.stream().limit(SHOWN).forEach(name -> report.say("    %s", name));
            if (names.size() > SHOWN) {
                report.say("    and %d more", names.size() - SHOWN);
            }
        }
    }

    private Map<String, Object> kinds(FaultResult result) {
        Map<String, Object> rows = new LinkedHashMap<>();
        report.say("%-22s %5s   %-28s %s", "fault", "times", "any answer after, ms", "every partition after, ms");
        report.say("%-22s %5s   %8s %8s %8s   %8s %8s %8s", "", "", "median", "p99", "max", "median", "p99", "max");
        Map<String, List<Recoveries.Recovery>> byKind = new TreeMap<>();
        result.recoveries()
                .forEach(recovery -> byKind.computeIfAbsent(recovery.fault().text(), key -> new ArrayList<>())
                        .add(recovery));
        byKind.put("all", result.recoveries());
        byKind.forEach((name, recoveries) -> {
            long[] first = sorted(recoveries, Recoveries.Recovery::firstMillis);
            long[] all = sorted(recoveries, Recoveries.Recovery::allMillis);
            report.say(
                    "%-22s %5d   %8d %8d %8d   %8d %8d %8d",
                    name,
                    recoveries.size(),
                    at(first, 0.5),
                    at(first, 0.99),
                    at(first, 1),
                    at(all, 0.5),
                    at(all, 0.99),
                    at(all, 1));
            rows.put(
                    name,
                    Map.of(
                            "times", recoveries.size(),
                            "any_answer_ms",
                                    Map.of("median", at(first, 0.5), "p99", at(first, 0.99), "max", at(first, 1)),
                            "every_partition_ms",
                                    Map.of("median", at(all, 0.5), "p99", at(all, 0.99), "max", at(all, 1)),
                            "never", recoveries.size() - all.length));
        });
        return rows;
    }

    private static long[] sorted(List<Recoveries.Recovery> recoveries, ToLongFunction<Recoveries.Recovery> which) {
        return recoveries.stream()
                .mapToLong(which)
                .filter(millis -> millis >= 0)
                .sorted()
                .toArray();
    }

    /** The value that so large a part of them does not exceed; -1 when there are none. */
    private static long at(long[] sorted, double part) {
        return sorted.length == 0 ? -1 : sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
    }
}
