package io.patchstream.trainer.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** A small data set as IDX files: three classes of 28 x 28 pictures (upper half light, left half light, a cross), in noise. */
public final class TinyIdx {
    public static final int SIDE = 28;
    public static final int CLASSES = 3;

    private TinyIdx() {}

    /** Writes both splits into {@code folder}; the test split as gzip. */
    public static Path write(Path folder, int train, int test) throws IOException {
        Files.createDirectories(folder);
        write(folder, "train", train, false, 1);
        write(folder, "t10k", test, true, 2);
        return folder;
    }

    private static void write(Path folder, String split, int count, boolean gzip, long seed) throws IOException {
        Random random = new Random(seed);
        ByteArrayOutputStream images = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        images.writeBytes(ByteBuffer.allocate(16)
                .putInt(0x0803)
                .putInt(count)
                .putInt(SIDE)
                .putInt(SIDE)
                .array());
        labels.writeBytes(ByteBuffer.allocate(8).putInt(0x0801).putInt(count).array());
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            labels.write(label);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    boolean light = label == 0 ? y < 14 : label == 1 ? x < 14 : Math.abs(x - y) < 4;
                    images.write((light ? 170 : 30) + random.nextInt(60));
                }
            }
        }
        save(folder.resolve(split + "-images-idx3-ubyte" + (gzip ? ".gz" : "")), images.toByteArray(), gzip);
        save(folder.resolve(split + "-labels-idx1-ubyte" + (gzip ? ".gz" : "")), labels.toByteArray(), gzip);
    }

    private static void save(Path file, byte[] bytes, boolean gzip) throws IOException {
        try (OutputStream out =
                gzip ? new GZIPOutputStream(Files.newOutputStream(file)) : Files.newOutputStream(file)) {
            out.write(bytes);
        }
    }
}
