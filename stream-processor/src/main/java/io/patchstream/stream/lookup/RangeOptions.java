package io.patchstream.stream.lookup;

import io.patchstream.stream.settings.SettingsException;
import java.util.List;
import picocli.CommandLine.Option;

/** Which offsets of the source are meant; a picocli mixin. */
public final class RangeOptions {
    @Option(
            names = "--from",
            paramLabel = "TIME|OFFSETS",
            defaultValue = "earliest",
            description = "First offset looked at: " + Bound.SYNTAX + ".")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "TIME|OFFSETS",
            defaultValue = "latest",
            description = "The offset after the last; written like --from.")
    private String to;

    /** Where it begins. */
    public Bound from() {
        return parse("--from", from);
    }

    /** Where it ends. */
    public Bound to() {
        return parse("--to", to);
    }

    private static Bound parse(String option, String text) {
        try {
            return Bound.parse(text);
        } catch (IllegalArgumentException e) {
            SettingsException wrong = new SettingsException(List.of(option + ": " + e.getMessage()));
            wrong.initCause(e);
            throw wrong;
        }
    }
}
