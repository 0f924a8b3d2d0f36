package io.patchstream.stream.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.vision.model.RolloutContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A folder of models, and the rule which of them is to be served: the one that {@code current} names, a text file with a
 * name in it or a symbolic link; where there is no {@code current}, the last {@code .onnx} file in the order of names, in
 * which numbers count as numbers ({@code v9} before {@code v10}). Names that begin with a dot do not count, nor do explain
 * files ({@code v9-explain.onnx}), which answer the live page and no frames.
 *
 * @param path the folder
 */
record ModelFolder(Path path) {
    /** The file or link that names the model to be served. */
    static final String CURRENT = "current";

    private static final String ONNX = ".onnx";

    /**
     * A model as it lies there, by the names, sizes and times of its files: when one of them changes, it is another.
     *
     * @param file the ONNX file
     * @param problem why it is none, for instance that {@code current} names no file; empty when it may be one
     */
    record Version(Path file, List<String> stamps, String problem) {
        Version {
            stamps = List.copyOf(stamps);
        }
    }

    /** The one to be served. */
    Version chosen() throws IOException {
        return candidates().get(0);
    }

    /** Those that may be served at start, the best first: at least one, or a problem. */
    List<Version> candidates() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(problem(path, "there is no folder " + path.toAbsolutePath()));
        }
        Path current = path.resolve(CURRENT);
        if (Files.exists(current, LinkOption.NOFOLLOW_LINKS)) {
            return List.of(named(current));
        }
        List<Version> versions = new ArrayList<>();
        for (Path model : models()) {
            versions.add(version(model));
        }
        return versions.isEmpty()
                ? List.of(problem(path, "there is no " + ONNX + " file in " + path.toAbsolutePath()))
                : versions;
    }

    /** The last first. */
    private List<Path> models() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            List<Path> models = new ArrayList<>(files.filter(file -> name(file).endsWith(ONNX))
                    .filter(file -> !name(file).startsWith(".") && !RolloutContract.isName(file))
                    .sorted(Comparator.comparing(ModelFolder::name, NameOrder::compare))
                    .toList());
            Collections.reverse(models);
            return models;
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private Version named(Path current) throws IOException {
        Path file;
        if (Files.isSymbolicLink(current)) {
            if (!Files.exists(current)) {
                return problem(
                        current, current + " is a link to " + Files.readSymbolicLink(current) + ", which is not there");
            }
            file = current.toRealPath();
        } else {
            String says = Files.readString(current, UTF_8).strip();
            try {
                file = path.resolve(says).normalize();
            } catch (InvalidPathException e) {
                return problem(current, current + " says '" + says + "', which is no name: " + e.getReason());
            }
            if (says.isEmpty() || !file.startsWith(path.normalize())) {
                return problem(current, current + " says '" + says + "'; it must name a file in its folder");
            }
        }
        return Files.isRegularFile(file)
                ? version(file)
                : problem(current, current + " names " + file + ", which is no file");
    }

    private static Version problem(Path file, String problem) {
        return new Version(file, List.of(), problem);
    }

    /** The model with all files beside it whose names begin as its own: golden frames, and weights in other files. */
    private static Version version(Path model) throws IOException {
        String name = name(model);
        String stem = name.endsWith(ONNX) ? name.substring(0, name.length() - ONNX.length()) : name;
        List<String> stamps = new ArrayList<>();
        Path folder = Objects.requireNonNull(model.toAbsolutePath().getParent(), "a file has a folder");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> name(f).startsWith(stem) && !RolloutContract.isName(f))
                    .sorted()
                    .toList()) {
                stamps.add(stamp(file));
            }
        }
        return new Version(model, stamps, "");
    }

    private static String stamp(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return name(file) + " " + now.size() + " " + now.lastModifiedTime() + " " + now.fileKey();
    }
}
