package io.patchstream.trainer.export;

import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.data.Dataset;
import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.model.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Pictures of data sets as the model takes them, evenly taken from all examples. */
public final class DatasetPictures {
    private DatasetPictures() {}

    /**
     * To calibrate on: drawn at random as in training, but without augmentation.
     *
     * @param most how many at most
     */
    public static LabelledPixels calibration(Dataset training, Preprocessing preprocessing, int most, long seed)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int count = Math.min(most, training.size());
        byte[] pixels = new byte[Math.multiplyExact(count, preprocessing.byteSize())];
        int[] classes = new int[count];
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        for (int i = 0; i < count; i++) {
            int index = (int) ((long) i * training.size() / count);
            preprocessor.prepare(training.image(index, random.nextLong()), slot(pixels, i, preprocessing));
            classes[i] = training.label(index);
        }
        return new LabelledPixels(preprocessing.height(), preprocessing.width(), pixels, classes);
    }

    /**
     * To validate on: the same number of each data set, with the variations that evaluation uses, in turns, so that the first
     * few are of every data set.
     *
     * @param most how many at most, together
     */
    public static LabelledPixels validation(Collection<Dataset> datasets, Preprocessing preprocessing, int most)
            throws IOException {
        List<byte[]> pictures = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        Preprocessor preprocessor = new Preprocessor(preprocessing);
        int each = datasets.stream().mapToInt(Dataset::size).min().orElse(0);
        each = Math.min(each, most / Math.max(1, datasets.size()));
        for (int i = 0; i < each; i++) {
            for (Dataset dataset : datasets) {
                int index = (int) ((long) i * dataset.size() / each);
                byte[] picture = new byte[preprocessing.byteSize()];
                preprocessor.prepare(dataset.image(index, index), ByteBuffer.wrap(picture));
                pictures.add(picture);
                classes.add(dataset.label(index));
            }
        }
        byte[] pixels = new byte[Math.multiplyExact(pictures.size(), preprocessing.byteSize())];
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i), 0, pixels, i * preprocessing.byteSize(), preprocessing.byteSize());
        }
        int[] truth = new int[classes.size()];
        Arrays.setAll(truth, classes::get);
        return new LabelledPixels(preprocessing.height(), preprocessing.width(), pixels, truth);
    }

    /**
     * The first of a data set, prepared as for evaluation.
     *
     * @param most how many at most
     */
    static LabelledPixels first(Dataset dataset, Preprocessing preprocessing, int most) throws IOException {
        int[] indices = IntStream.range(0, Math.min(most, dataset.size())).toArray();
        Batch batch = Batch.prepared(dataset, preprocessing, indices);
        return new LabelledPixels(preprocessing.height(), preprocessing.width(), batch.pixels(), batch.labels());
    }

    private static ByteBuffer slot(byte[] pixels, int i, Preprocessing preprocessing) {
        return ByteBuffer.wrap(pixels).slice(i * preprocessing.byteSize(), preprocessing.byteSize());
    }
}
