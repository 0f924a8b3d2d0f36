package io.patchstream.trainer.data;

import io.patchstream.trainer.data.IdxDataset.Split;
import io.patchstream.vision.examples.ManifestRow;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds what a manifest's uris name, below one folder and nowhere else: neither {@code ..} nor a link leads out of it. Frames
 * of a topic ({@code kafka:topic/partition/offset}) lie by their hash in {@value ManifestRow#FRAMES}, where {@code data from-topic} and
 * {@code data fetch} put them.
 */
final class Locator {
    private static final String INSIDE = "!/";
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    private final Path folder;
    private final Map<Path, TarFile> archives = new HashMap<>();
    private final Map<String, IdxDataset> grids = new HashMap<>();

    Locator(Path folder) throws IOException {
        this.folder = folder.toRealPath();
    }

    /**
     * Where the row's bytes can be read; they are not read yet.
     *
     * @throws IOException when there is no such file, or it must not be read
     */
    Example.Content find(ManifestRow row) throws IOException {
        String uri = row.uri();
        int inside = uri.indexOf(INSIDE);
        if (row.isOfTopic()) {
            return frame(row);
        } else if (inside > 0) {
            return member(uri.substring(0, inside), uri.substring(inside + INSIDE.length()));
        }
        Path file = file(uri);
        return () -> Files.readAllBytes(file);
    }

    private Path file(String uri) throws IOException {
        Path named;
        try {
            if (uri.startsWith("file:")) {
                named = Path.of(URI.create(uri));
            } else if (SCHEME.matcher(uri).matches()) {
                throw new IOException(
                        uri + " is not on this machine's disks: fetch it below " + folder + ", and list the path");
            } else {
                named = Path.of(uri);
            }
        } catch (InvalidPathException e) {
            throw new IOException(uri + " is no path: " + e.getReason(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(uri + " is no file's uri: " + e.getMessage(), e);
        }
        Path file = folder.resolve(named);
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder)) {
                throw out(uri);
            }
            if (!Files.isRegularFile(real)) {
                throw new IOException(uri + " is no file");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw file.normalize().startsWith(folder) ? new IOException(uri + " is missing", e) : out(uri);
        }
    }

    private IOException out(String uri) {
        return new IOException(uri + " leads out of " + folder + "; pictures must lie below their list");
    }

    private Example.Content member(String archive, String name) throws IOException {
        Path file = file(archive);
        if (!archive.endsWith(".tar")) {
            return cell(file, name);
        }
        TarFile tar = archives.get(file);
        if (tar == null) {
            tar = TarFile.open(file);
            archives.put(file, tar);
        }
        TarFile.Entry entry = tar.entry(name);
        if (entry == null) {
            throw new IOException(archive + " has no member " + name);
        }
        TarFile opened = tar;
        return () -> opened.read(entry);
    }

    /** A picture of an IDX file by its number. */
    private Example.Content cell(Path file, String number) throws IOException {
        Split split = Split.of(file);
        if (split == null) {
            throw new IOException(file + " is neither a .tar nor an IDX file of pictures");
        }
        String key = file.getParent() + " " + split;
        IdxDataset grid = grids.get(key);
        if (grid == null) {
            grid = IdxDataset.read(file.getParent(), split);
            grids.put(key, grid);
        }
        try {
            return IdxExamples.content(grid, Integer.parseInt(number));
        } catch (NumberFormatException e) {
            throw new IOException(number + " is no picture's number", e);
        }
    }

    private Example.Content frame(ManifestRow row) throws IOException {
        String sha256 = row.sha256();
        if (sha256.isEmpty()) {
            throw new IOException(row.uri() + " has no sha256, which frames of a topic are kept by");
        }
        Path file = ManifestRow.frame(folder, sha256);
        if (!Files.isRegularFile(file)) {
            throw new IOException(row.uri() + " is not in " + ManifestRow.FRAMES
                    + ": ./patchstream data fetch MANIFEST reads it from the topic, if it is still there");
        }
        return () -> Files.readAllBytes(file);
    }
}
