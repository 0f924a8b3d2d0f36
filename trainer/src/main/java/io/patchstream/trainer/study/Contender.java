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
 * A model that takes part in a study.
 *
 * @param name such as {@code ViT 64x2}; the first word is the family
 * @param settings where its recipe differs from the study's, with {@code model}
 */
public record Contender(String name, Map<String, String> settings) {
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9+._ /-]*):(.*)");

    public Contender {
        settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        if (!settings.containsKey("model")) {
            throw new IllegalArgumentException(name + " has no model, such as model=ViT-mu/4");
        }
    }

    /** What it is drawn with in a study of compute. */
    public String family() {
        return familyOf(name);
    }

    /** The same by a contender's name alone. */
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
     * Reads contenders: a line each, {@code NAME: model=MODEL; key=value; ...}; empty lines and those with # are passed over.
     *
     * @param nameOrFile a file, or {@code data-size} or {@code scaling} for those that come with the program
     * @throws IOException when there is no such file, or it names none, one twice, or has a line of another form
     */
    public static List<Contender> read(String nameOrFile) throws IOException {
        List<Contender> all = new ArrayList<>();
        List<String> lines = lines(nameOrFile);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    all.add(of(line));
                } catch (IllegalArgumentException e) {
                    throw new IOException(nameOrFile + " line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        if (all.isEmpty()) {
            throw new IOException(nameOrFile + " names no contenders");
        }
        if (all.stream().map(Contender::slug).distinct().count() < all.size()) {
            throw new IOException(nameOrFile + " has two contenders of one name: "
                    + all.stream().map(Contender::name).toList());
        }
        return all;
    }

    static Contender of(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + line + "' is not NAME: model=MODEL; key=value; ...");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        for (String part : matcher.group(2).split(";")) {
            String[] pair = part.strip().split("=", 2);
            if (pair.length != 2) {
                throw new IllegalArgumentException("'" + part.strip() + "' is not key=value");
            }
            settings.put(pair[0].strip(), pair[1].strip());
        }
        return new Contender(matcher.group(1).strip(), settings);
    }

    private static List<String> lines(String nameOrFile) throws IOException {
        Path file = Path.of(nameOrFile);
        if (Files.isRegularFile(file)) {
            return Files.readAllLines(file);
        }
        try (InputStream builtIn = Contender.class.getResourceAsStream("/study/" + nameOrFile + ".txt")) {
            if (builtIn == null) {
                throw new IOException(
                        "there are no contenders " + nameOrFile + ": neither a file nor one of data-size and scaling");
            }
            return new String(builtIn.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
