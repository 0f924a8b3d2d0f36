package io.patchstream.trainer.data;

import io.patchstream.vision.examples.ManifestRow;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Writes manifests as JSON lines: equal examples give equal files. A file is there whole, or not at all. */
public final class ManifestWriter {
    private ManifestWriter() {}

    /**
     * Writes the examples' rows, with paths that begin at the manifest's folder.
     *
     * @param root where the rows' paths begin now
     * @throws IOException when the pictures do not lie below the manifest's folder, where it could not name them
     */
    public static void write(Path file, Path root, List<Example> examples) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        folder = folder.toRealPath();
        Path from = root.toRealPath();
        if (!from.startsWith(folder)) {
            throw new IOException(file + " would not lie above its pictures: put it into " + from
                    + " or a folder above, so that its paths hold wherever the whole is moved");
        }
        String prefix =
                folder.equals(from) ? "" : folder.relativize(from).toString().replace('\\', '/') + "/";
        Path part = folder.resolve(file.getFileName() + ".part");
        try (BufferedWriter out = Files.newBufferedWriter(part)) {
            for (Example example : examples) {
                ManifestRow row = example.row();
                if (row.isOfTopic() && !prefix.isEmpty()) {
                    throw new IOException(
                            file + " lists frames of a topic: it must lie beside " + from.resolve(ManifestRow.FRAMES));
                }
                out.write(
                        row.at(row.isOfTopic() ? row.uri() : prefix + row.uri()).toJson());
                out.write('\n');
            }
        }
        Files.move(part, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
}
