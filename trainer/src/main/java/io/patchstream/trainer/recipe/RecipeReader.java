package io.patchstream.trainer.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads recipes: defaults, then the recipe's file (a path, or the name of one of the built-in ones), then {@code --set}
 * pairs; the last wins. All problems are reported together, and an unknown key names the nearest known one.
 */
public final class RecipeReader {
    private static final RecordComponent[] COMPONENTS = Recipe.class.getRecordComponents();

    private RecipeReader() {}

    /**
     * Reads a recipe.
     *
     * @param nameOrFile such as {@code fashion-mnist}, or a path
     * @param overrides over the file's values
     * @throws RecipeException when the recipe is wrong, with all that is
     * @throws IOException when there is no such recipe, or it cannot be read
     */
    public static Recipe read(String nameOrFile, Map<String, String> overrides) throws IOException {
        Properties file = new Properties();
        try (Reader reader = open(nameOrFile)) {
            file.load(reader);
        }
        Map<String, String> values = new TreeMap<>();
        file.stringPropertyNames()
                .forEach(key -> values.put(key, file.getProperty(key).strip()));
        values.putAll(overrides);
        return of(values);
    }

    /** The recipe with these values and otherwise defaults. */
    public static Recipe of(Map<String, String> values) {
        List<String> problems = new ArrayList<>();
        Object[] arguments = new Object[COMPONENTS.length];
        Class<?>[] types = new Class<?>[COMPONENTS.length];
        for (int i = 0; i < COMPONENTS.length; i++) {
            Setting setting = COMPONENTS[i].getAnnotation(Setting.class);
            types[i] = COMPONENTS[i].getType();
            String text = values.getOrDefault(setting.key(), setting.value());
            try {
                arguments[i] = parse(types[i], text);
            } catch (IllegalArgumentException e) {
                problems.add(
                        setting.key() + " is '" + text + "'; it must be " + kind(types[i]) + ". " + setting.says());
            }
        }
        for (String key : values.keySet()) {
            if (keys().noneMatch(key::equals)) {
                problems.add("there is no setting " + key + "; the nearest is " + nearest(key));
            }
        }
        if (!problems.isEmpty()) {
            throw new RecipeException(problems);
        }
        try {
            return Recipe.class.getDeclaredConstructor(types).newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RecipeException wrong) {
                throw wrong;
            }
            throw new IllegalStateException("the recipe cannot be made", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the recipe cannot be made", e);
        }
    }

    /** A recipe with some values changed. */
    public static Recipe with(Recipe recipe, Map<String, String> changed) {
        Map<String, String> values = new TreeMap<>(values(recipe));
        values.putAll(changed);
        return of(values);
    }

    /** All values of a recipe by key, as text, in the record's order: {@link #of} makes an equal recipe from them. */
    public static Map<String, String> values(Recipe recipe) {
        Map<String, String> values = new LinkedHashMap<>();
        for (RecordComponent component : COMPONENTS) {
            try {
                Object value = component.getAccessor().invoke(recipe);
                values.put(component.getAnnotation(Setting.class).key(), String.valueOf(value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the recipe's " + component.getName() + " cannot be read", e);
            }
        }
        return values;
    }

    /** All keys for people: a line each, with the default and what it is. */
    public static List<String> describeKeys() {
        return Stream.of(COMPONENTS)
                .map(component -> component.getAnnotation(Setting.class))
                .map(setting -> setting.key() + (setting.value().isEmpty() ? "" : "=" + setting.value()) + "  "
                        + setting.says())
                .toList();
    }

    /** Writes a recipe so that {@link #read} reads an equal one. */
    public static void write(Recipe recipe, Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        values(recipe).forEach((key, value) -> lines.add(key + "=" + value.replace("\\", "\\\\")));
        Files.write(file, lines);
    }

    /** The names of all keys. */
    private static Stream<String> keys() {
        return Stream.of(COMPONENTS)
                .map(component -> component.getAnnotation(Setting.class).key());
    }

    private static Reader open(String nameOrFile) throws IOException {
        Path path = Path.of(nameOrFile);
        if (Files.isRegularFile(path)) {
            return Files.newBufferedReader(path);
        }
        InputStream builtIn = RecipeReader.class.getResourceAsStream("/recipes/" + nameOrFile + ".properties");
        if (builtIn == null) {
            throw new IOException("there is no recipe " + nameOrFile + ": neither a file nor one of " + builtIn());
        }
        return new InputStreamReader(builtIn, StandardCharsets.UTF_8);
    }

    /** The names of the recipes that come with the program. */
    public static List<String> builtIn() throws IOException {
        try (InputStream index = RecipeReader.class.getResourceAsStream("/recipes/index.txt")) {
            return new String(index.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static Object parse(Class<?> type, String text) {
        if (type == String.class) {
            return text;
        }
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type == long.class) {
            return Long.valueOf(text);
        }
        if (type == double.class) {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(text);
            }
            return value;
        }
        if (type == boolean.class) {
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException(text);
            }
            return Boolean.valueOf(text);
        }
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(text.toUpperCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw new IllegalArgumentException(text);
    }

    private static String kind(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + List.of(type.getEnumConstants());
        }
        return type == boolean.class ? "true or false" : type == double.class ? "a number" : "a whole number";
    }

    private static String nearest(String key) {
        return keys().min(java.util.Comparator.comparingInt(known -> distance(key, known)))
                .orElseThrow();
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
