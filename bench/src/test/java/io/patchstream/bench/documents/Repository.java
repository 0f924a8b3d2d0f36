package io.patchstream.bench.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The repository's files, as they lie beside this module. */
final class Repository {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** What is built, fetched or somebody's own. */
    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", "shared");

    private Repository() {}

    /** Every page for readers. The changelog tells of what was, and is left out. */
    static List<Page> pages() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (Path file : files(".md")) {
            if (!file.endsWith("CHANGELOG.md")) {
                pages.add(Page.read(file));
            }
        }
        return pages;
    }

    /** Java's types by simple name: the file that has each. */
    static Map<String, Path> types() throws IOException {
        Map<String, Path> types = new TreeMap<>();
        for (Path file : files(".java")) {
            types.put(file.getFileName().toString().replace(".java", ""), file);
        }
        for (Path file : files(".avsc")) {
            types.put(file.getFileName().toString().replace(".avsc", ""), file);
        }
        return types;
    }

    static Set<String> modules() throws IOException {
        return files("pom.xml").stream()
                .map(file -> ROOT.relativize(file.getParent()).toString())
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Path> files(String ending) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(ending)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files.stream().sorted().toList();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
