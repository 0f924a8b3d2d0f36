package io.patchstream.trainer.data;

import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Grey pictures in IDX files, as MNIST and Fashion-MNIST come: {@code train-images-idx3-ubyte[.gz]} and its siblings. */
public final class IdxDataset implements Dataset {
    private static final List<String> FASHION = List.of(
            "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot");

    private static final String PICTURES = "-images-idx3-ubyte";

    /** Which half of the data. */
    public enum Split {
        TRAIN("train"),
        TEST("t10k");

        private final String prefix;

        Split(String prefix) {
            this.prefix = prefix;
        }

        /** Whose pictures a file has, by its name; null when it is none of IDX pictures. */
        static Split of(Path file) {
            for (Split split : values()) {
                String name = split.prefix + PICTURES;
                if (file.getFileName().toString().equals(name)
                        || file.getFileName().toString().equals(name + ".gz")) {
                    return split;
                }
            }
            return null;
        }

        /** The file of its pictures, or null. */
        Path pictures(Path folder) {
            return file(folder, this, "images-idx3-ubyte");
        }
    }

    private final int height;
    private final int width;
    private final byte[] pixels;
    private final byte[] classes;
    private final List<String> labels;
    private final String sha256;

    private IdxDataset(IdxFile images, IdxFile classes, List<String> labels) {
        this.height = images.dim(1);
        this.width = images.dim(2);
        this.pixels = images.elements();
        this.classes = classes.elements();
        this.labels = labels;
        this.sha256 = new Manifest().add(pixels).add(this.classes).sha256();
    }

    /** Whether {@code folder} holds this split's two files. */
    public static boolean isIn(Path folder, Split split) {
        return file(folder, split, "images-idx3-ubyte") != null && file(folder, split, "labels-idx1-ubyte") != null;
    }

    /**
     * Reads one split.
     *
     * @throws IOException when a file is missing or broken; the message names it
     */
    public static IdxDataset read(Path folder, Split split) throws IOException {
        Path imageFile = file(folder, split, "images-idx3-ubyte");
        Path classFile = file(folder, split, "labels-idx1-ubyte");
        if (imageFile == null || classFile == null) {
            throw new IOException(folder + " holds no " + split.prefix + "-images-idx3-ubyte[.gz] and " + split.prefix
                    + "-labels-idx1-ubyte[.gz]");
        }
        IdxFile images = IdxFile.read(imageFile, 3);
        IdxFile classes = IdxFile.read(classFile, 1);
        if (images.dim(0) != classes.dim(0) || images.dim(0) == 0) {
            throw new IOException(imageFile + " has " + images.dim(0) + " pictures and " + classFile + " has "
                    + classes.dim(0) + " labels");
        }
        int highest = 0;
        for (byte label : classes.elements()) {
            highest = Math.max(highest, Byte.toUnsignedInt(label));
        }
        return new IdxDataset(images, classes, names(folder, highest + 1));
    }

    private static Path file(Path folder, Split split, String name) {
        for (String suffix : List.of("", ".gz")) {
            Path file = folder.resolve(split.prefix + "-" + name + suffix);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }

    /** A {@code labels.txt} beside the files names the classes, one a line; Fashion-MNIST's are known; others are numbered. */
    private static List<String> names(Path folder, int count) throws IOException {
        Path file = folder.resolve("labels.txt");
        if (Files.isRegularFile(file)) {
            List<String> names = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (names.size() < count) {
                throw new IOException(file + " names " + names.size() + " classes; the data have " + count);
            }
            return names;
        }
        if (folder.toString().contains("fashion") && count <= FASHION.size()) {
            return FASHION;
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(Integer.toString(i));
        }
        return List.copyOf(names);
    }

    @Override
    public int size() {
        return classes.length;
    }

    @Override
    public int label(int index) {
        return Byte.toUnsignedInt(classes[index]);
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    /** The grey picture {@code [height, width]} itself, row-major; a copy. */
    public byte[] grey(int index) {
        int count = height * width;
        return java.util.Arrays.copyOfRange(pixels, index * count, (index + 1) * count);
    }

    @Override
    public RgbImage image(int index, long variation) {
        int count = height * width;
        byte[] rgb = new byte[count * 3];
        for (int i = 0; i < count; i++) {
            byte grey = pixels[index * count + i];
            rgb[3 * i] = grey;
            rgb[3 * i + 1] = grey;
            rgb[3 * i + 2] = grey;
        }
        return new RgbImage(height, width, rgb);
    }

    @Override
    public String manifestSha256() {
        return sha256;
    }
}
