package io.patchstream.trainer.data;

import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Labelled pictures, by index. Shared by the threads that prepare batches. */
public interface Dataset {
    /** Number of examples. */
    int size();

    /** The class of example {@code index}, from 0 to K-1. */
    int label(int index);

    /**
     * What a model should say of example {@code index}: its class alone, unless somebody was not so sure.
     *
     * @param targets takes K probabilities, from {@code from} on
     */
    default void target(int index, float[] targets, int from) {
        Arrays.fill(targets, from, from + labels().size(), 0);
        targets[from + label(index)] = 1;
    }

    /** The classes' names; K of them. */
    List<String> labels();

    /**
     * The picture of example {@code index}.
     *
     * @param variation for data sets that draw their pictures: which of them. Equal arguments, equal pixels
     * @throws IOException when the picture cannot be read; the message names the file
     */
    RgbImage image(int index, long variation) throws IOException;

    /** Where example {@code index} comes from; only its number when no more is known. */
    default Origin origin(int index) {
        return Origin.of(Integer.toString(index));
    }

    /**
     * The picture as it was recorded: of data sets that draw theirs, what they are drawn from.
     *
     * @throws IOException when it cannot be read; the message names the file
     */
    default RgbImage recorded(int index) throws IOException {
        return image(index, 0);
    }

    /**
     * SHA-256 of the list of all examples' contents and labels: 64 lower-case hexadecimal digits. May read all of them.
     *
     * @throws IOException when one cannot be read
     */
    String manifestSha256() throws IOException;
}
