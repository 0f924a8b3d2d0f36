package io.patchstream.stream.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong with a record, so that all of it is told at once. */
final class Checks {
    private final List<String> problems = new ArrayList<>();

    /** Notes a problem unless {@code holds}. */
    Checks that(boolean holds, String key, Object value, String rule) {
        if (!holds) {
            Object said = value instanceof Duration duration ? Parsing.written(duration) : value;
            problems.add(key + " is " + said + "; it must be " + rule);
        }
        return this;
    }

    Checks atLeast(long least, String key, long value) {
        return that(value >= least, key, value, "at least " + least);
    }

    Checks topic(String key, String name) {
        return that(
                name.matches("[a-zA-Z0-9._-]{1,249}") && !name.equals(".") && !name.equals(".."),
                key,
                "'" + name + "'",
                "a topic name: 1 to 249 of the letters a-z, A-Z, 0-9, '.', '_' and '-'");
    }

    /** Throws when a problem was noted. */
    void done() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }
}
