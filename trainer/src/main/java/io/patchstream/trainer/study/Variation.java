package io.patchstream.trainer.study;

import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the trainings that a study compares: by another model (a contender), or on other data (a task).
 *
 * @param name such as {@code ViT 64x2} or {@code natural caltech101}; the first word is the family, or the group
 * @param settings where its recipe differs from the study's
 */
public record Variation(String name, Map<String, String> settings) {
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9+._ /-]*):(.*)");

    /** What a list of variations is of. */
    public enum Kind {
        CONTENDER("contenders", "model", "model=ViT-mu/4", "data-size and scaling"),
        TASK("tasks", "data", "data=FOLDER", "vtab");

        private final String plural;
        private final String needed;
        private final String example;
        private final String builtIn;

        Kind(String plural, String needed, String example, String builtIn) {
            this.plural = plural;
            this.needed = needed;
            this.example = example;
            this.builtIn = builtIn;
        }
    }

    public Variation {
        settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** The family that a contender is drawn with in a study of compute, or a task's group. */
    public String family() {
        return familyOf(name);
    }

    /** The same by a name alone. */
    static String familyOf(String name) {
        return name.split(" ", 2)[0];
    }

    /** For the names of folders: letters, digits and dashes. */
    public String slug() {
        return name.toLowerCase(Locale.ROOT).replace("+", "-and-").replaceAll("[^a-z0-9]+", "-");
    }

    /**
     * Its recipe in a study.
     *
     * @param common the study's settings
     * @param given what goes before both
     */
    public Recipe recipe(Recipe common, Map<String, String> given) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changed.putAll(given);
        try {
            return RecipeReader.with(common, changed);
        } catch (RecipeException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a list: a line each, {@code NAME: key=value; ...}; empty lines and those with # are passed over.
     *
     * @param nameOrFile a file, or the name of one that comes with the program: {@code data-size}, {@code scaling}, {@code vtab}
     * @throws IOException when there is no such file, or it names none, one twice, or has a line of another form
     */
    public static List<Variation> read(Kind kind, String nameOrFile) throws IOException {
        List<Variation> all = new ArrayList<>();
        List<String> lines = lines(kind, nameOrFile);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    all.add(of(kind, line));
                } catch (IllegalArgumentException e) {
                    throw new IOException(nameOrFile + " line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        if (all.isEmpty()) {
            throw new IOException(nameOrFile + " names no " + kind.plural);
        }
        if (all.stream().map(Variation::slug).distinct().count() < all.size()) {
            throw new IOException(nameOrFile + " has two " + kind.plural + " of one name: "
                    + all.stream().map(Variation::name).toList());
        }
        return all;
    }

    private static Variation of(Kind kind, String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + line + "' is not NAME: " + kind.example + "; key=value; ...");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String part : matcher.group(2).split(";")) {
            String[] pair = part.strip().split("=", 2);
            if (pair.length != 2) {
                throw new IllegalArgumentException("'" + part.strip() + "' is not key=value");
            }
            settings.put(pair[0].strip(), pair[1].strip());
        }
        Variation variation = new Variation(matcher.group(1).strip(), settings);
        if (!settings.containsKey(kind.needed)) {
            throw new IllegalArgumentException(
                    variation.name() + " has no " + kind.needed + ", such as " + kind.example);
        }
        return variation;
    }

    private static List<String> lines(Kind kind, String nameOrFile) throws IOException {
        Path file = Path.of(nameOrFile);
        if (Files.isRegularFile(file)) {
            return Files.readAllLines(file);
        }
        try (InputStream builtIn = Variation.class.getResourceAsStream("/study/" + nameOrFile + ".txt")) {
            if (builtIn == null) {
                throw new IOException("there are no " + kind.plural + " " + nameOrFile + ": neither a file nor "
                        + (kind == Kind.TASK ? "" : "one of ") + kind.builtIn);
            }
            return new String(builtIn.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
