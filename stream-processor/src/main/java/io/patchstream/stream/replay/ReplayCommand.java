package io.patchstream.stream.replay;

import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.RangeOptions;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.run.StopSignal;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsInForce;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replay}: a range of frames again, into other topics. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Answers a range of frames again, into topics of its own and without touching the live group. Takes the settings",
            "of run. The same frames, model and instruction set give the same bits, whatever the batches and threads.",
            "Ends when the range is answered and committed; stopped or killed, it goes on when run again with its --id."
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Mixin
    private RangeOptions range;

    @Option(
            names = "--into",
            paramLabel = "PREFIX",
            required = true,
            description = "Prefix of the topics written, such as replay-1. (with a dot, which is part of it).")
    private String into;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Names the replay, to go on with it later; random if absent.")
    private String id;

    @Override
    public Integer call() throws Exception {
        if (id != null && !id.matches("[a-zA-Z0-9._-]{1,64}")) {
            throw new ParameterException(
                    spec.commandLine(), "--id is '" + id + "'; it must be 1 to 64 letters, digits, dots, dashes");
        }
        SettingsInForce inForce = options.load();
        Map<String, String> live = new HashMap<>();
        inForce.entries().forEach(entry -> live.put(entry.key(), entry.value()));
        String name = id == null ? UUID.randomUUID().toString().substring(0, 8) : id;
        Settings settings = Replay.settings(live, name, into);
        List<SourceRange> ranges;
        try (Lookup lookup = Lookup.open(inForce.settings())) {
            ranges = lookup.ranges(settings.input().topics(), range.from(), range.to());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("replay " + name + " (to go on after a stop: --id " + name + "), "
                + ranges.stream().mapToLong(each -> each.end() - each.first()).sum() + " offsets of "
                + ranges.size() + " partitions");
        out.flush();
        try (StopSignal signal = StopSignal.listen(STOP_PATIENCE);
                FrameEngine engine = Engines.open(settings);
                Replay replay = Replay.prepare(settings, ranges)) {
            signal.whenReceived(replay::requestStop);
            boolean done = replay.run(engine);
            int exitCode = done ? ExitCode.OK : ExitCode.SOFTWARE;
            signal.exitWith(exitCode);
            out.println(
                    done
                            ? "answered and committed, in " + settings.output().labels() + ", "
                                    + settings.output().embeddings() + ", "
                                    + settings.output().deadLetters()
                            : "stopped before the end; go on with --id " + name);
            out.flush();
            return exitCode;
        }
    }
}
