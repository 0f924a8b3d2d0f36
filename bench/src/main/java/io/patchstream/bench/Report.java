package io.patchstream.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a benchmark found: a table for people while it runs, JSON for machines at the end. */
public final class Report {
    private final PrintWriter out;
    private final Map<String, Object> root = new LinkedHashMap<>();

    public Report(String name, PrintWriter out) {
        this.out = out;
        root.put("benchmark", name);
        root.put("machine", machine());
    }

    private static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpu", cpuModel());
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("java", System.getProperty("java.vm.version"));
        machine.put(
                "load_average_at_start",
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getSystemLoadAverage());
        return machine;
    }

    private static String cpuModel() {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(cpuinfo)
                    ? Files.readAllLines(cpuinfo).stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .findFirst()
                            .orElse("unknown")
                    : "unknown";
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        }
    }

    public void put(String key, Object value) {
        root.put(key, value);
    }

    public void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }

    /** Prints a table of series, and keeps it under {@code key}. */
    void table(String key, Map<String, Rounds.Series> series) {
        say("%-44s %12s %14s %14s", key, "items/s", "CPU-ms/item", "least CPU-ms");
        Map<String, Object> rows = new LinkedHashMap<>();
        series.forEach((name, s) -> {
            say("%-44s %12.1f %14.2f %14.2f", name, s.perSecond(), s.cpuMillis(), s.leastCpuMillis());
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("per_second_median", s.perSecond());
            row.put("per_second_most", s.mostPerSecond());
            row.put("cpu_ms_median", s.cpuMillis());
            row.put("cpu_ms_least", s.leastCpuMillis());
            row.put("rounds", s.samples().size());
            rows.put(name, row);
        });
        root.put(key, rows);
    }

    /** Writes the JSON where a file is named. */
    public void write(Path file) throws IOException {
        if (file != null) {
            save(file);
            say("written to %s", file);
        }
    }

    /** Writes the JSON as it is now. */
    public void save(Path file) throws IOException {
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        json.writeValue(file.toFile(), root);
    }
}
