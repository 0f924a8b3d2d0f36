package io.patchstream.trainer.data;

import io.patchstream.vision.examples.ManifestRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Manifests: a row for each example, as JSON lines ({@code .jsonl}) or as CSV whose first line names the columns. What a row
 * may say is in {@link ManifestRow}.
 */
final class ManifestFile {
    private static final Set<String> ENDINGS = Set.of("jsonl", "ndjson", "csv");

    private final Path file;
    private final Problems problems;
    private final Locator locator;
    private final List<Example> examples = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();

    private ManifestFile(Path file, Problems problems) throws IOException {
        this.file = file;
        this.problems = problems;
        this.locator = new Locator(file.toAbsolutePath().getParent());
    }

    /** Whether a file's name says that it is one. */
    static boolean isOne(Path file) {
        return ENDINGS.contains(ending(file)) && Files.isRegularFile(file);
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /**
     * Lists the examples, without reading their pictures.
     *
     * @param problems where rows go that are no example: wrong, without label, without picture, or listed before
     * @throws IOException when the file itself cannot be read
     */
    static List<Example> read(Path file, Problems problems) throws IOException {
        ManifestFile manifest = new ManifestFile(file, problems);
        try (BufferedReader in = Files.newBufferedReader(file)) {
            if (ending(file).equals("csv")) {
                manifest.readCsv(in);
            } else {
                manifest.readJson(in);
            }
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not in UTF-8", e);
        }
        return manifest.examples;
    }

    private void readJson(BufferedReader in) throws IOException {
        int line = 0;
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            line++;
            if (!text.isBlank()) {
                try {
                    add(ManifestRow.parse(text), line);
                } catch (IllegalArgumentException e) {
                    problems.add(where(line), e.getMessage());
                }
            }
        }
    }

    private void readCsv(BufferedReader in) throws IOException {
        CsvReader csv = new CsvReader(in);
        try {
            List<String> names = csv
                    .next()
                    .orElseThrow(() -> new IOException("it is empty; its first line must name the columns"))
                    .stream()
                    .map(String::strip)
                    .toList();
            if (!(names.contains("path") || names.contains("uri")) || !names.contains("label")) {
                throw new IOException("the columns are " + names + "; there must be path (or uri) and label");
            }
            for (Optional<List<String>> cells = csv.next(); cells.isPresent(); cells = csv.next()) {
                if (cells.get().size() != names.size()) {
                    problems.add(
                            where(csv.firstLine()),
                            "it has " + cells.get().size() + " cells; the first line names " + names.size());
                    continue;
                }
                Map<String, String> columns = new HashMap<>();
                for (int i = 0; i < names.size(); i++) {
                    columns.put(names.get(i), cells.get().get(i));
                }
                try {
                    add(ManifestRow.of(columns), csv.firstLine());
                } catch (IllegalArgumentException e) {
                    problems.add(where(csv.firstLine()), e.getMessage());
                }
            }
        } catch (CharacterCodingException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private void add(ManifestRow row, int line) {
        if (row.label().isEmpty()) {
            problems.add(where(line), row.key() + " has no label");
            return;
        }
        try {
            Example.Content content = locator.find(row);
            Integer before = lines.putIfAbsent(row.key(), line);
            if (before != null) {
                problems.add(where(line), row.key() + " was listed on line " + before);
                return;
            }
            examples.add(new Example(row, where(line), content));
        } catch (IOException e) {
            problems.add(where(line), e.getMessage());
        }
    }

    private String where(int line) {
        return file + " line " + line;
    }
}
