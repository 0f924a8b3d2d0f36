package io.patchstream.stream.settings;

import java.util.List;

/**
 * Settings and where each came from.
 *
 * @param settings the settings
 * @param entries each key that is in force
 * @param ignored environment variables that look like ours and name no setting
 */
public record SettingsInForce(Settings settings, List<Entry> entries, List<String> ignored) {
    /**
     * One key in force.
     *
     * @param key its key
     * @param value its text; a secret, perhaps
     * @param written as it was written: a reference, where the value stands elsewhere
     * @param origin where it came from, such as {@code default} or {@code --set}
     */
    public record Entry(String key, String value, String written, String origin) {
        /** The value as it may be printed. */
        public String printable() {
            return Secrets.masked(key, written);
        }

        @Override
        public String toString() {
            return key + "=" + printable() + "  # " + origin;
        }
    }

    public SettingsInForce {
        entries = List.copyOf(entries);
        ignored = List.copyOf(ignored);
    }

    /** A line a key: {@code key=value  # origin}; secrets masked. */
    public String toProperties() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry).append('\n');
        }
        return text.toString();
    }
}
