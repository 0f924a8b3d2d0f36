package io.patchstream.trainer.data;

import io.patchstream.trainer.data.IdxDataset.Split;
import io.patchstream.vision.Png;
import io.patchstream.vision.examples.ManifestRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The pictures of IDX files as examples of a list: {@code train-images-idx3-ubyte!/17}, each as a PNG. */
final class IdxExamples {
    private IdxExamples() {}

    /** Both splits of a folder, or the one that is there. */
    static List<Example> read(Path folder) throws IOException {
        List<Example> examples = new ArrayList<>();
        for (Split split : Split.values()) {
            if (IdxDataset.isIn(folder, split)) {
                IdxDataset grid = IdxDataset.read(folder, split);
                String file = split.pictures(folder).getFileName().toString();
                for (int i = 0; i < grid.size(); i++) {
                    ManifestRow row = ManifestRow.of(
                                    file + "!/" + i, grid.labels().get(grid.label(i)))
                            .inSplit(split == Split.TRAIN ? "train" : "test");
                    examples.add(new Example(row, folder.resolve(file) + " picture " + i, content(grid, i)));
                }
            }
        }
        return examples;
    }

    static Example.Content content(IdxDataset grid, int index) throws IOException {
        if (index < 0 || index >= grid.size()) {
            throw new IOException("there is no picture " + index + " of " + grid.size());
        }
        return () -> Png.encode(grid.image(index, 0));
    }
}
