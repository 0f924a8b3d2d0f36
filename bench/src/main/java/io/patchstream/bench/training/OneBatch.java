package io.patchstream.bench.training;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.vision.RgbImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Pictures of a batch that was written before; picture i is of class i, modulo K. */
final class OneBatch implements Dataset {
    private final int side;
    private final int classes;
    private final byte[] pixels;

    /** @param pixels uint8 {@code [B, side, side, 3]}; not copied */
    OneBatch(int side, int classes, byte[] pixels) {
        this.side = side;
        this.classes = classes;
        this.pixels = pixels;
    }

    @Override
    public int size() {
        return pixels.length / bytes();
    }

    private int bytes() {
        return side * side * 3;
    }

    @Override
    public int label(int index) {
        return index % classes;
    }

    @Override
    public List<String> labels() {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    @Override
    public RgbImage image(int index, long variation) {
        return new RgbImage(side, side, Arrays.copyOfRange(pixels, index * bytes(), (index + 1) * bytes()));
    }

    @Override
    public String manifestSha256() {
        throw new UnsupportedOperationException("a batch to measure with has no lineage");
    }
}
