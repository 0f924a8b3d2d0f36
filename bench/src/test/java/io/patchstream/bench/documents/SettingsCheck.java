package io.patchstream.bench.documents;

import io.patchstream.bench.documents.Page.Block;
import io.patchstream.bench.documents.Page.Span;
import io.patchstream.stream.settings.RulesFile;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.settings.SettingsLoader;
import io.patchstream.stream.settings.SettingsReference;
import io.patchstream.trainer.recipe.RecipeException;
import io.patchstream.trainer.recipe.RecipeReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Settings of a page: properties blocks, and keys and variables in backticks. */
final class SettingsCheck {
    private static final Set<String> FILES =
            Set.of("json", "onnx", "safetensors", "png", "html", "npz", "properties", "md", "yaml", "yml", "jpg");
    private static final Pattern VARIABLE = Pattern.compile("PATCHSTREAM_[A-Z0-9_]+");

    private final SettingsReference reference = SettingsReference.ofRecords();
    private final Pattern key = Pattern.compile("(?:" + sections() + ")(?:\\.[a-z-]+)+(=\\S*)?");

    private String sections() {
        return reference.keys().stream()
                .filter(name -> name.contains("."))
                .map(name -> Pattern.quote(name.substring(0, name.indexOf('.'))))
                .distinct()
                .collect(Collectors.joining("|"));
    }

    List<String> problems(Page page) {
        List<String> problems = new ArrayList<>();
        for (Block block : page.blocks()) {
            if (block.language().equals("properties")) {
                Span place = new Span("", block.line());
                properties(block).forEach(problem -> problems.add(page.at(place) + " " + problem));
            }
        }
        for (Span span : page.spans()) {
            span(span.text()).forEach(problem -> problems.add(page.at(span) + " '" + span.text() + "': " + problem));
        }
        return problems;
    }

    private List<String> properties(Block block) {
        Properties read = new Properties();
        try {
            read.load(new StringReader(String.join("\n", block.lines())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> given = new LinkedHashMap<>();
        read.stringPropertyNames().forEach(name -> given.put(name, read.getProperty(name)));
        if (block.hasMark("rules")) {
            return rules(block);
        }
        return block.hasMark("recipe") ? recipe(given) : settings(given);
    }

    private List<String> span(String text) {
        List<String> problems = new ArrayList<>();
        if (key.matcher(text).matches() && !FILES.contains(text.substring(text.lastIndexOf('.') + 1))) {
            String[] parts = text.split("=", 2);
            if (!reference.keys().contains(parts[0])) {
                problems.add("there is no such setting");
            } else if (parts.length == 2 && !parts[1].isEmpty()) {
                problems.addAll(settings(Map.of(parts[0], parts[1])));
            }
        }
        Matcher variables = VARIABLE.matcher(text);
        while (variables.find()) {
            problems.addAll(environment(Map.of(variables.group(), "")));
        }
        return problems;
    }

    /**
     * What the processor says of these settings. A value that stands elsewhere counts as some text, and the topics that have
     * a policy of their own as inputs.
     */
    List<String> settings(Map<String, String> given) {
        Map<String, String> resolved = new LinkedHashMap<>();
        if (given.containsKey("input.overload.topics")) {
            resolved.put("input.topics", given.get("input.overload.topics").replaceAll(":[^,]*", ""));
        }
        given.forEach((name, value) -> resolved.put(name, value.replaceAll("\\$\\{[^}]*\\}", "elsewhere")));
        // The reader's own file: a block with the mark "rules" shows what is in it.
        resolved.remove("rules.file");
        return said(() -> new SettingsLoader().set(resolved).load());
    }

    /** What the processor says of a file of rules. */
    private static List<String> rules(Block block) {
        try {
            Path file = Files.createTempFile("rules", ".properties");
            try {
                Files.write(file, block.lines());
                return said(() -> new RulesFile(file.toString()).rules());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Variables by their names alone. */
    List<String> environment(Map<String, String> variables) {
        return variables.keySet().stream()
                .filter(name -> name.startsWith("PATCHSTREAM_") && !name.equals("PATCHSTREAM_JAVA_OPTS"))
                .filter(name -> reference.entries().stream()
                        .noneMatch(entry -> entry.variable().equals(name)))
                .map(name -> name + " is no variable of a setting")
                .toList();
    }

    /** What the trainer says of these. */
    List<String> recipe(Map<String, String> given) {
        try {
            RecipeReader.of(given);
            return List.of();
        } catch (RecipeException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static List<String> said(Runnable loading) {
        try {
            loading.run();
            return List.of();
        } catch (SettingsException e) {
            return e.problems();
        }
    }
}
