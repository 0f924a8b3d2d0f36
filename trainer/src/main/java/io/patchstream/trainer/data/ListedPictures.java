package io.patchstream.trainer.data;

import io.patchstream.vision.RgbImage;
import io.patchstream.vision.examples.ManifestRow;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The pictures of a manifest, of shards or of any other list, in its order. */
public final class ListedPictures implements Dataset {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private final List<Example> examples;
    private final List<String> labels;
    private final int[] classes;
    private String sha256;

    /**
     * @param labels the classes' names, in the order of the model's output
     * @throws IOException when an example is of none of them; the message names file and line
     */
    public ListedPictures(List<Example> examples, List<String> labels) throws IOException {
        this.examples = List.copyOf(examples);
        this.labels = List.copyOf(labels);
        this.classes = new int[examples.size()];
        for (int i = 0; i < classes.length; i++) {
            Example example = examples.get(i);
            classes[i] = labels.indexOf(example.row().label());
            if (classes[i] < 0) {
                throw new IOException(example.where() + ": the label '"
                        + example.row().label() + "' is none of the " + labels.size() + " that are trained: " + labels);
            }
        }
    }

    /** The labels that occur: by number when all are whole numbers, else by name. */
    public static List<String> labels(List<Example> examples) {
        Set<String> names = examples.stream()
                .map(Example::row)
                .map(ManifestRow::label)
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> labels = new ArrayList<>(names);
        if (names.stream().allMatch(NUMBER.asMatchPredicate())) {
            labels.sort(Comparator.comparingInt(Integer::parseInt));
        }
        return labels;
    }

    @Override
    public int size() {
        return classes.length;
    }

    @Override
    public int label(int index) {
        return classes[index];
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public RgbImage image(int index, long variation) throws IOException {
        return examples.get(index).image();
    }

    @Override
    public Origin origin(int index) {
        return examples.get(index).origin();
    }

    /** Over key, label and content's hash of each example; reads those whose hash is not listed when first asked. */
    @Override
    public synchronized String manifestSha256() throws IOException {
        if (sha256 == null) {
            Manifest manifest = new Manifest();
            for (Example example : examples) {
                ManifestRow row = example.row();
                manifest.add(row.key())
                        .add(row.label())
                        .add(row.sha256().isEmpty() ? Sha256.of(example.bytes()) : row.sha256());
            }
            sha256 = manifest.sha256();
        }
        return sha256;
    }
}
