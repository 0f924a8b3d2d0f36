package io.patchstream.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The PromQL of dashboard and alerts, and whether a scrape has what it asks for. */
final class Queries {
    private static final Pattern METRIC = Pattern.compile("\\b((?:vit|kafka|jvm|process)_[a-z0-9_]+)(\\{[^}]*})?");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)\\s*\\(");
    private static final Pattern SELECTED = Pattern.compile("([a-z_0-9]+)\\s*(?:=~|!~|!=|=)");

    /** Labels that Prometheus adds, or that only a histogram's buckets have. */
    private static final Set<String> GIVEN = Set.of("instance", "job", "le");

    private Queries() {}

    static List<String> all() {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard =
                Repository.json(Repository.ROOT.resolve("deploy/observability/grafana/dashboards/patchstream.json"));
        dashboard.findValuesAsText("expr").forEach(queries::add);
        dashboard.path("templating").findValuesAsText("query").stream()
                .filter(query -> query.startsWith("label_values("))
                .map(query -> query.replaceAll("label_values\\((\\w+), \\w+\\)", "$1"))
                .forEach(queries::add);
        Repository.yaml(Repository.ROOT.resolve("deploy/observability/prometheus/alerts.yml"))
                .get(0)
                .findValuesAsText("expr")
                .forEach(queries::add);
        return queries;
    }

    /** What {@code queries} ask for and {@code scrape} lacks: names, labels, and metrics that have no such label. */
    static Set<String> missing(List<String> queries, String scrape) {
        Set<String> missing = new TreeSet<>();
        for (String query : queries) {
            Set<String> labels = new LinkedHashSet<>();
            Matcher by = BY.matcher(query);
            while (by.find()) {
                labels.addAll(List.of(by.group(1).split("\\s*,\\s*")));
            }
            labels.removeAll(GIVEN);
            Matcher metric = METRIC.matcher(query);
            while (metric.find()) {
                Set<String> wanted = new LinkedHashSet<>(labels);
                if (metric.group(2) != null) {
                    Matcher selected = SELECTED.matcher(metric.group(2));
                    while (selected.find()) {
                        wanted.add(selected.group(1));
                    }
                }
                wanted.removeAll(GIVEN);
                check(metric.group(1), wanted, scrape, missing);
            }
        }
        return missing;
    }

    private static void check(String name, Set<String> labels, String scrape, Set<String> missing) {
        List<String> series = scrape.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .toList();
        if (series.isEmpty()) {
            missing.add(name);
        }
        for (String label : labels) {
            if (series.stream()
                    .noneMatch(line -> line.contains("{" + label + "=") || line.contains("," + label + "="))) {
                missing.add(name + "{" + label + "}");
            }
        }
    }
}
