package io.patchstream.stream.operate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.models.ModelTopic;
import io.patchstream.stream.models.ModelTopic.Published;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code models list}: the last record of each slot. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Prints what the models topic says of each slot: version, hash, size, where it lies. Exit code 1: a slot's record",
            "names no model, and processors refuse it."
        })
final class ModelsListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Settings settings = options.load().settings();
        Map<String, Published> latest;
        try (ModelTopic topic = ModelTopic.open(settings)) {
            latest = new TreeMap<>(topic.latest());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean good = true;
        for (Published published : latest.values()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("slot", published.slot());
            row.put("record", published.place());
            published
                    .model()
                    .ifPresentOrElse(
                            model -> {
                                row.put("version", model.version());
                                row.put("sha256", model.sha256());
                                row.put("bytes", model.bytes());
                                row.put("uri", model.files().get(0).uri());
                                row.put("published_at", model.publishedAt());
                            },
                            () -> row.put("refused", published.problem()));
            good &= published.model().isPresent();
            rows.add(row);
        }
        print(rows);
        return good ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void print(List<Map<String, Object>> rows) throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows));
        } else if (rows.isEmpty()) {
            out.println("no slot has a model");
        } else {
            rows.forEach(row -> {
                out.println(row.get("slot") + "  "
                        + (row.containsKey("refused")
                                ? "NO MODEL: " + row.get("refused")
                                : row.get("version") + "  " + row.get("bytes") + " bytes, published "
                                        + row.get("published_at")));
                if (!row.containsKey("refused")) {
                    out.println("    sha256 " + row.get("sha256") + "\n    at " + row.get("uri"));
                }
            });
        }
        out.flush();
    }
}
