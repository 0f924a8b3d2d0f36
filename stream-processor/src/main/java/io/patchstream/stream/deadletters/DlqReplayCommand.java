package io.patchstream.stream.deadletters;

import io.patchstream.stream.deadletters.ReplayRules.Fate;
import io.patchstream.stream.deadletters.ReplayRules.Told;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dlq replay}: dead letters, sent in again. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Sends frames in again to the topics that they were read from, once each: killed or run twice, it goes on where",
            "it was. A frame that died too often is refused, and so is one that was not read from input.topics.",
            "Exit code 0: all were sent in, now or before; 1: some were refused."
        })
final class DlqReplayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Mixin
    private DeadLetterOptions letters;

    @Option(names = "--at", paramLabel = "P:O", split = ",", description = "Only those at these places.")
    private List<String> places = new ArrayList<>();

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            defaultValue = "" + DeadLetterBox.MOST_ATTEMPTS,
            description = "How often a frame may be sent in again (${DEFAULT-VALUE}).")
    private int maxAttempts;

    @Option(
            names = "--now",
            description =
                    "Give frames the present as their timestamp, so that an input that drops what is late takes them.")
    private boolean now;

    @Option(names = "--dry-run", description = "Say what would be done.")
    private boolean dryRun;

    @Override
    public Integer call() {
        Settings settings = options.load().settings();
        PrintWriter out = spec.commandLine().getOut();
        Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
        try (Lookup lookup = Lookup.open(settings)) {
            if (dryRun) {
                ReplayMarkers markers =
                        ReplayMarkers.read(new TopicPlan(settings).replays().name(), lookup);
                ReplayRules rules = new ReplayRules(settings, lookup, markers, maxAttempts);
                scan(settings, lookup, rules::judge, fates, out);
            } else {
                try (DeadLetterReplay replay = DeadLetterReplay.open(settings, lookup, maxAttempts, now)) {
                    scan(settings, lookup, replay::replay, fates, out);
                    replay.commit();
                }
            }
        }
        out.println(fates.getOrDefault(Fate.SENT, 0) + (dryRun ? " would be sent in again, " : " sent in again, ")
                + fates.getOrDefault(Fate.BEFORE, 0) + " were before, "
                + fates.getOrDefault(Fate.REFUSED, 0) + " refused");
        out.flush();
        return fates.containsKey(Fate.REFUSED) ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private void scan(
            Settings settings,
            Lookup lookup,
            Function<DeadLetter, Told> each,
            Map<Fate, Integer> fates,
            PrintWriter out) {
        letters.scan(settings, lookup, letter -> {
            if (places.isEmpty() || places.contains(letter.place())) {
                Told told = each.apply(letter);
                fates.merge(told.fate(), 1, Integer::sum);
                if (told.fate() == Fate.REFUSED) {
                    out.println(letter.place() + " is refused: " + told.says());
                }
            }
        });
    }
}
