package io.patchstream.stream.settings;

import java.util.List;
import java.util.Locale;

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
     * @param value its text
     * @param origin where it came from, such as {@code default} or {@code --set}
     */
    public record Entry(String key, String value, String origin) {
        private static final List<String> SECRET =
                List.of("password", "secret", "jaas", "user.info", "token", "credential", "ssl.keystore.key");

        /** The value as it may be printed. */
        public String printable() {
            String lower = key.toLowerCase(Locale.ROOT);
            return !value.isEmpty() && SECRET.stream().anyMatch(lower::contains) ? "********" : value;
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
            text.append(entry.key())
                    .append('=')
                    .append(entry.printable())
                    .append("  # ")
                    .append(entry.origin())
                    .append('\n');
        }
        return text.toString();
    }
}
