package io.patchstream.stream.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.RangeOptions;
import io.patchstream.stream.run.SettingsOptions;
import io.patchstream.stream.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ledger check}: whether each frame has exactly one answer. Exit code 1 when one has not. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Says for each source partition whether every frame has exactly one answer (a label and an embedding for each",
            "picture, or one dead letter), or which offsets have none or two; where uncertain.* or rules.file ask for them, also",
            "whether each uncertain picture and alarm is there once and has its label. Works while the pipeline runs: what the",
            "group has not committed is in flight and not missing. Takes the settings of run. Exit code 0: balanced, 1: not."
        })
public final class LedgerCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Mixin
    private RangeOptions range;

    @Option(names = "--camera", paramLabel = "ID", description = "Only the frames of this camera.")
    private String camera;

    @Option(
            names = "--alarms",
            description = {
                "Work alarms out again from the labels, by rules.file as it is now, and name those that are missing or there for",
                "no reason. For ranges (--from) within which the rules did not change, and at whose beginning nothing was on."
            })
    private boolean alarms;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON too.")
    private Path json;

    @Override
    public Integer call() throws IOException {
        Settings settings = options.load().settings();
        if (alarms && !settings.rules().isOn()) {
            throw new ParameterException(spec.commandLine(), "--alarms: rules.file names no rules to go by");
        }
        try (Lookup lookup = Lookup.open(settings);
                LedgerAudit audit = new LedgerAudit(settings, lookup, Optional.ofNullable(camera), alarms)) {
            LedgerReport report = audit.audit(lookup.ranges(settings.input().topics(), range.from(), range.to()));
            if (json != null) {
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), report.toJson());
            }
            spec.commandLine().getOut().println(report.toText());
            spec.commandLine().getOut().flush();
            return report.isBalanced() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }
}
