package io.patchstream.stream.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The right name that a wrong one is nearest to, by edits of one letter (Levenshtein). */
public final class Nearest {
    private Nearest() {}

    /** The nearest of {@code names}, if it is near enough to be meant: at most a third of the letters differ. */
    public static Optional<String> to(String wrong, Collection<String> names) {
        return within(Math.max(2, wrong.length() / 3), wrong, names);
    }

    /** The nearest of {@code names} that is at most {@code edits} away. */
    static Optional<String> within(int edits, String wrong, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(wrong, name) <= edits)
                .min(Comparator.comparingInt((String name) -> distance(wrong, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
