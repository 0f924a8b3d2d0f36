package io.patchstream.stream.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A properties file of rules, {@code rule.NAME.KEY=VALUE}, read when it is made; what is wrong with it is told all at once. */
public final class RulesFile {
    private static final Pattern LINE = Pattern.compile("rule\\.([^.]+)\\.(.+)");

    /** An item of a list; one in quotes may hold commas, as labels of ImageNet do. */
    private static final Pattern ITEM = Pattern.compile("\\s*(?:\"([^\"]*)\"|([^,\"]*))\\s*(?:,|$)");

    /** No file, and so no rules. */
    static final RulesFile NONE = new RulesFile();

    private final String file;
    private final List<LabelRule> rules = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private RulesFile() {
        this.file = "";
    }

    public RulesFile(String file) {
        this.file = file;
        Map<String, Map<String, String>> written = written(file);
        if (written.isEmpty() && problems.isEmpty()) {
            problems.add(
                    "rules.file " + file + " has no rule; write rule.NAME.labels=LABEL, or leave rules.file empty");
        }
        written.forEach(this::add);
    }

    /**
     * The rules, by name.
     *
     * @throws SettingsException with all that is wrong
     */
    public List<LabelRule> rules() {
        return done(problems);
    }

    /**
     * The rules, for a model that knows these labels.
     *
     * @throws SettingsException with all that is wrong, labels that are not known too
     */
    public List<LabelRule> rules(Collection<String> known) {
        List<String> all = new ArrayList<>(problems);
        rules.forEach(rule -> all.addAll(rule.problems(known)));
        return done(all);
    }

    /** The file's name; empty where there is none. */
    @Override
    public String toString() {
        return file;
    }

    /** By name and content. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RulesFile that
                && file.equals(that.file)
                && rules.equals(that.rules)
                && problems.equals(that.problems);
    }

    @Override
    public int hashCode() {
        return Objects.hash(file, rules, problems);
    }

    private List<LabelRule> done(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw new SettingsException(wrong);
        }
        return List.copyOf(rules);
    }

    private Map<String, Map<String, String>> written(String file) {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            lines.load(reader);
        } catch (NoSuchFileException | InvalidPathException e) {
            problems.add("rules.file is " + file + "; there is no such file");
        } catch (IOException | IllegalArgumentException e) {
            problems.add("rules.file " + file + " cannot be read: " + e.getMessage());
        }
        Map<String, Map<String, String>> rules = new TreeMap<>();
        for (String line : new TreeSet<>(lines.stringPropertyNames())) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add(line + " (" + file + ") is no part of a rule; it must be rule.NAME.KEY");
            } else if (!LabelRule.KEYS.containsKey(matcher.group(2))) {
                problems.add(line + " (" + file + ") is no part of a rule"
                        + Nearest.to(matcher.group(2), LabelRule.KEYS.keySet())
                                .map(near -> "; did you mean rule." + matcher.group(1) + "." + near + "?")
                                .orElse("; these are: " + new TreeSet<>(LabelRule.KEYS.keySet())));
            } else {
                rules.computeIfAbsent(matcher.group(1), name -> new HashMap<>())
                        .put(matcher.group(2), lines.getProperty(line));
            }
        }
        return rules;
    }

    private void add(String name, Map<String, String> written) {
        int before = problems.size();
        Values values = new Values(name, written, problems);
        Optional<List<String>> cameras = values.list("cameras");
        Optional<List<String>> labels = values.list("labels");
        Optional<Double> probability = values.of("probability", double.class, Double.class);
        Optional<Integer> frames = values.of("frames", int.class, Integer.class);
        Optional<Integer> of = values.of("of", int.class, Integer.class);
        Optional<Duration> hold = values.of("hold", Duration.class, Duration.class);
        Optional<Duration> clearAfter = values.of("clear.after", Duration.class, Duration.class);
        Optional<Duration> coolDown = values.of("cool.down", Duration.class, Duration.class);
        if (problems.size() > before) {
            return;
        }
        try {
            rules.add(new LabelRule(
                    name,
                    cameras.orElseThrow(),
                    labels.orElseThrow(),
                    probability.orElseThrow(),
                    frames.orElseThrow(),
                    of.orElseThrow(),
                    hold.orElseThrow(),
                    clearAfter.orElseThrow(),
                    coolDown.orElseThrow()));
        } catch (SettingsException e) {
            problems.addAll(e.problems());
        }
    }

    /** What is written of one rule, by type; what cannot be read is noted, and empty. */
    private record Values(String rule, Map<String, String> written, List<String> problems) {
        private String text(String key) {
            return written.getOrDefault(key, LabelRule.KEYS.get(key));
        }

        private void wrong(String key, String must) {
            problems.add("rule." + rule + "." + key + " is '" + text(key) + "'; it must be " + must);
        }

        <T> Optional<T> of(String key, Class<?> type, Class<T> boxed) {
            try {
                return Optional.of(boxed.cast(Parsing.parse(type, text(key))));
            } catch (IllegalArgumentException e) {
                wrong(key, e.getMessage());
            } catch (ArithmeticException e) {
                wrong(key, "smaller");
            }
            return Optional.empty();
        }

        Optional<List<String>> list(String key) {
            List<String> items = new ArrayList<>();
            String text = text(key);
            Matcher item = ITEM.matcher(text);
            int at = 0;
            while (at < text.length()) {
                if (!item.find(at) || item.start() != at) {
                    wrong(key, "a list with commas, quotes around an item that has commas itself");
                    return Optional.empty();
                }
                String found = item.group(1) == null ? item.group(2).strip() : item.group(1);
                if (!found.isEmpty()) {
                    items.add(found);
                }
                at = item.end();
            }
            return Optional.of(items);
        }
    }
}
