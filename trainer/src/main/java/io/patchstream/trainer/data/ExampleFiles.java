package io.patchstream.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every kind of data as one list of examples.
 *
 * @param root the folder that the examples' uris begin at
 * @param examples in the data's order
 */
public record ExampleFiles(Path root, List<Example> examples) {
    private static final List<String> MANIFESTS = List.of("manifest.jsonl", "manifest.csv");
    private static final List<String> SPLITS = List.of("train", "val", "test");

    public ExampleFiles {
        examples = List.copyOf(examples);
    }

    /** Whether training reads a path through here: a manifest or shards, named or in the folder. */
    public static boolean areIn(Path path) throws IOException {
        return ManifestFile.isOne(path)
                || manifest(path) != null
                || isShard(path)
                || !shards(path).isEmpty();
    }

    /**
     * As {@link #read(Path, Problems)}, of data in which nothing is at fault.
     *
     * @throws IOException as there, and when there are problems; the message tells of them
     */
    public static ExampleFiles read(Path path) throws IOException {
        Problems problems = new Problems();
        ExampleFiles files = read(path, problems);
        problems.refuseAny();
        return files;
    }

    /**
     * Lists what a path holds: a manifest ({@code .jsonl}, {@code .csv}), a shard ({@code .tar}), or a folder with a
     * {@code manifest.jsonl} or {@code manifest.csv}, shards, IDX files, {@code train/CLASS/PICTURE} (and {@code val},
     * {@code test}) or {@code CLASS/PICTURE}: the first of these that there is.
     *
     * @param problems where what is no example goes
     * @throws IOException when there is none of these, or it cannot be read
     */
    public static ExampleFiles read(Path path, Problems problems) throws IOException {
        Path manifest = ManifestFile.isOne(path) ? path : manifest(path);
        if (manifest != null) {
            return some(manifest.toAbsolutePath().getParent(), ManifestFile.read(manifest, problems), path, problems);
        }
        if (isShard(path)) {
            Path root = path.toAbsolutePath().getParent();
            return some(root, Shards.read(root, List.of(path.toAbsolutePath()), problems), path, problems);
        }
        List<Path> shards = shards(path);
        if (!shards.isEmpty()) {
            return some(path, Shards.read(path, shards, problems), path, problems);
        }
        List<Example> found = new ArrayList<>(IdxExamples.read(path));
        if (found.isEmpty()) {
            for (String split : SPLITS) {
                if (ImageFolder.isIn(path.resolve(split))) {
                    found.addAll(ImageFolder.read(path.resolve(split)).examples(path, split));
                }
            }
        }
        if (found.isEmpty() && ImageFolder.isIn(path)) {
            found.addAll(ImageFolder.read(path).examples(path, ""));
        }
        if (found.isEmpty()) {
            throw new IOException(path + " holds no data: give a manifest (.jsonl, .csv), shards (.tar), IDX files, or"
                    + " folders of pictures, CLASS/PICTURE or train/CLASS/PICTURE");
        }
        return new ExampleFiles(path, found);
    }

    private static ExampleFiles some(Path root, List<Example> examples, Path path, Problems problems)
            throws IOException {
        if (examples.isEmpty()) {
            problems.refuseAny();
            throw new IOException(path + " lists no examples");
        }
        return new ExampleFiles(root, examples);
    }

    private static Path manifest(Path folder) {
        return MANIFESTS.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    private static boolean isShard(Path file) {
        return file.getFileName() != null
                && file.getFileName().toString().endsWith(".tar")
                && Files.isRegularFile(file);
    }

    /** The shards of a folder, and of its folders named after splits, by name. */
    private static List<Path> shards(Path folder) throws IOException {
        List<Path> shards = new ArrayList<>();
        for (Path where : Stream.concat(Stream.of(folder), SPLITS.stream().map(folder::resolve))
                .filter(Files::isDirectory)
                .toList()) {
            try (Stream<Path> files = Files.list(where)) {
                files.filter(ExampleFiles::isShard).sorted().forEach(shards::add);
            }
        }
        return shards;
    }
}
