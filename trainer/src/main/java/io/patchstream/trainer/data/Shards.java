package io.patchstream.trainer.data;

import io.patchstream.vision.examples.ManifestRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * WebDataset's shards: tar archives in which the files of one example stand together under one name up to the first dot,
 * such as {@code 0001.jpg} and {@code 0001.cls}. The label is what {@code .cls} says (a number is looked up in a
 * {@code labels.txt} beside the shards, if there is one), else {@code label} in {@code .json}, else {@code .txt}; the other
 * names of a manifest may stand in {@code .json}. Further files of an example are left alone.
 *
 * <p>The split is what {@code .json} says, else how the shard's name begins (train, val, test), else its folder's name.
 */
final class Shards {
    private static final Set<String> PICTURES = Set.of("jpg", "jpeg", "png", "webp", "bmp");
    private static final Set<String> LABELS = Set.of("cls", "json", "txt");
    private static final List<String> SPLITS = List.of("train", "val", "test");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final int LONGEST_TEXT = 1 << 20;

    private final Path root;
    private final Problems problems;
    private final List<String> names;
    private final List<Example> examples = new ArrayList<>();
    private final Set<String> keysOfShard = new HashSet<>();

    private Shards(Path root, Problems problems) throws IOException {
        this.root = root;
        this.problems = problems;
        Path file = root.resolve("labels.txt");
        this.names = Files.isRegularFile(file)
                ? Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList()
                : List.of();
    }

    /**
     * Lists the examples of shards below {@code root}, without reading their pictures.
     *
     * @param problems where examples go that have no label, no picture or two, or a name that another has
     * @throws IOException when a shard cannot be read
     */
    static List<Example> read(Path root, List<Path> files, Problems problems) throws IOException {
        Shards shards = new Shards(root, problems);
        for (Path file : files) {
            shards.add(file, TarFile.open(file));
        }
        return shards.examples;
    }

    private void add(Path file, TarFile tar) throws IOException {
        String shard = root.relativize(file).toString().replace('\\', '/');
        List<TarFile.Entry> together = new ArrayList<>();
        keysOfShard.clear();
        for (TarFile.Entry entry : tar.entries()) {
            if (!together.isEmpty() && !key(together.get(0)).equals(key(entry))) {
                example(file, shard, tar, together);
                together.clear();
            }
            together.add(entry);
        }
        if (!together.isEmpty()) {
            example(file, shard, tar, together);
        }
    }

    private static String key(TarFile.Entry entry) {
        int dot = entry.name().indexOf('.', entry.name().lastIndexOf('/') + 1);
        return dot < 0 ? entry.name() : entry.name().substring(0, dot);
    }

    private static String ending(TarFile.Entry entry) {
        return entry.name()
                .substring(Math.min(entry.name().length(), key(entry).length() + 1))
                .toLowerCase(Locale.ROOT);
    }

    private void example(Path file, String shard, TarFile tar, List<TarFile.Entry> together) throws IOException {
        String key = key(together.get(0));
        String where = file + " example " + key;
        List<TarFile.Entry> pictures = together.stream()
                .filter(entry -> PICTURES.contains(ending(entry)))
                .toList();
        if (pictures.size() != 1) {
            problems.add(
                    where,
                    "it has " + pictures.size() + " pictures among "
                            + together.stream().map(TarFile.Entry::name).toList() + "; it must have one of "
                            + PICTURES.stream().sorted().toList());
            return;
        }
        if (!keysOfShard.add(key)) {
            problems.add(where, "its name is used before in this shard; the files of an example stand together");
            return;
        }
        Map<String, String> texts = new HashMap<>();
        for (TarFile.Entry entry : together) {
            if (LABELS.contains(ending(entry))) {
                if (entry.size() > LONGEST_TEXT) {
                    problems.add(where, entry.name() + " has " + entry.size() + " bytes; it is no label");
                    return;
                }
                texts.put(ending(entry), new String(tar.read(entry), StandardCharsets.UTF_8));
            }
        }
        TarFile.Entry picture = pictures.get(0);
        try {
            ManifestRow row = row(shard + "!/" + picture.name(), texts);
            examples.add(new Example(
                    row.split().isEmpty() ? row.inSplit(split(file)) : row, where, () -> tar.read(picture)));
        } catch (IllegalArgumentException e) {
            problems.add(where, e.getMessage());
        }
    }

    private ManifestRow row(String uri, Map<String, String> texts) {
        ManifestRow row =
                texts.containsKey("json") ? ManifestRow.parse(texts.get("json"), uri) : ManifestRow.of(uri, "");
        String label = texts.containsKey("cls")
                ? name(texts.get("cls").strip())
                : row.label().isEmpty() ? texts.getOrDefault("txt", "").strip() : row.label();
        if (label.isEmpty()) {
            throw new IllegalArgumentException("it has no label: neither .cls, nor label in .json, nor .txt");
        }
        return row.withLabel(label);
    }

    private String name(String label) {
        if (names.isEmpty() || !NUMBER.matcher(label).matches()) {
            return label;
        }
        int index = Integer.parseInt(label);
        if (index >= names.size()) {
            throw new IllegalArgumentException("its label is " + index + "; labels.txt names " + names.size());
        }
        return names.get(index);
    }

    private static String split(Path file) {
        String folder = String.valueOf(file.toAbsolutePath().getParent().getFileName());
        for (String text : List.of(file.getFileName().toString(), folder)) {
            for (String split : SPLITS) {
                if (text.startsWith(split)) {
                    return split;
                }
            }
        }
        return "";
    }
}
