package io.patchstream.stream.settings;

import java.util.List;

/** Settings are wrong; the message lists every problem that was found, one a line. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public SettingsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem: the value, the rule and the way out. */
    public List<String> problems() {
        return problems;
    }
}
