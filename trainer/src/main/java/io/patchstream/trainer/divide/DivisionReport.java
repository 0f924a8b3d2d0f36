package io.patchstream.trainer.divide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.divide.Groups.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How examples were divided, and what it is worth.
 *
 * @param examples how many there are
 * @param groups how many groups they form
 * @param largestGroup how many examples the largest has
 * @param links how many links joined what was apart, by reason
 * @param parts the parts' sizes
 * @param seed of the division
 * @param safe what this division leaks: no twins
 * @param naive what a division at random with the same seed and share would have leaked
 * @param given what the division leaked that the data came with; null when they came with none
 */
public record DivisionReport(
        int examples,
        int groups,
        int largestGroup,
        Map<Reason, Integer> links,
        List<Part> parts,
        long seed,
        Leak safe,
        Leak naive,
        Leak given) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** A part and its size. */
    public record Part(String name, int examples) {}

    public DivisionReport {
        links = java.util.Collections.unmodifiableMap(new TreeMap<>(links));
        parts = List.copyOf(parts);
    }

    /** The report in sentences. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(examples + " examples in " + groups + " groups, the largest of " + largestGroup + "; linked by "
                + links);
        lines.add("parts: "
                + parts.stream()
                        .map(part -> part.name() + " " + part.examples())
                        .toList() + ", seed " + seed);
        lines.add("divided safely: " + said(safe));
        lines.add("at random it would have been: " + said(naive));
        if (given != null) {
            lines.add("as the data came: " + said(given));
        }
        return lines;
    }

    private static String said(Leak leak) {
        return leak.withTwin() + " of " + leak.test() + " test examples have a twin in training"
                + (leak.accuracyWithTwin() == null
                        ? ""
                        : "; their nearest training picture has their label for " + percent(leak.accuracyWithTwin()))
                + (leak.accuracyWithout() == null
                        ? ""
                        : "; of examples without a twin, for " + percent(leak.accuracyWithout()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }

    /**
     * Reads one again.
     *
     * @throws IOException when the file is none that {@link #write} wrote
     */
    public static DivisionReport read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), DivisionReport.class);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is no report of a division: " + e.getOriginalMessage(), e);
        }
    }
}
