package io.patchstream.stream.deadletters;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dlq list}: a line a dead letter. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "A line for each dead letter: its place (partition:offset), its frame's time, reason, camera, where it was read,",
            "how often it was sent in again, and why it died; then how many there are of each reason."
        })
final class DlqListCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Mixin
    private DeadLetterOptions letters;

    @Option(names = "--json", description = "A JSON object a line instead.")
    private boolean json;

    @Override
    public void run() {
        Settings settings = options.load().settings();
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Integer> reasons = new TreeMap<>();
        try (Lookup lookup = Lookup.open(settings)) {
            ReplayMarkers markers =
                    ReplayMarkers.read(new TopicPlan(settings).replays().name(), lookup);
            letters.scan(settings, lookup, letter -> {
                reasons.merge(letter.reason(), 1, Integer::sum);
                out.println(json ? toJson(letter, markers) : toText(letter, markers));
            });
        }
        if (!json) {
            int all = reasons.values().stream().mapToInt(Integer::intValue).sum();
            out.println(all + " dead letters" + (all == 0 ? "" : " " + reasons));
        }
        out.flush();
    }

    private static String toText(DeadLetter letter, ReplayMarkers markers) {
        return String.join(
                "  ",
                letter.place(),
                Instant.ofEpochMilli(letter.record().timestamp()).toString(),
                letter.reason(),
                letter.camera(),
                letter.source().map(SourcePosition::toString).orElse("unknown source"),
                "attempts=" + letter.attempts() + (markers.isMarked(letter) ? " sent in again" : ""),
                letter.message().lines().findFirst().orElse(""));
    }

    private static String toJson(DeadLetter letter, ReplayMarkers markers) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("partition", letter.record().partition());
        line.put("offset", letter.record().offset());
        line.put("time", Instant.ofEpochMilli(letter.record().timestamp()).toString());
        line.put("reason", letter.reason());
        line.put("camera", letter.camera());
        line.put("source", letter.source().map(SourcePosition::toString).orElse(null));
        line.put("attempts", letter.attempts());
        line.put("sent_in_again", markers.isMarked(letter));
        line.put("message", letter.message());
        try {
            return JSON.writeValueAsString(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
