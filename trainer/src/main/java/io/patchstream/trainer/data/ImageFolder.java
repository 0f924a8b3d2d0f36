package io.patchstream.trainer.data;

import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.examples.ManifestRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Pictures in a folder for each class, such as {@code train/cat/1.jpg}: JPEG, PNG, WebP and BMP, decoded as serving does.
 * Classes and pictures are in the order of their names.
 */
public final class ImageFolder implements Dataset {
    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "webp", "bmp");

    private final Path folder;
    private final List<String> labels;
    private final List<Path> files;
    private final int[] classes;
    private String sha256;

    private ImageFolder(Path folder, List<String> labels, List<Path> files, int[] classes) {
        this.folder = folder;
        this.labels = labels;
        this.files = files;
        this.classes = classes;
    }

    /** Whether {@code folder} has a folder with pictures in it. */
    public static boolean isIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        for (Path child : sorted(folder)) {
            if (Files.isDirectory(child) && sorted(child).stream().anyMatch(ImageFolder::isPicture)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Lists a folder; pictures are read when they are asked for.
     *
     * @throws IOException when there are no pictures
     */
    public static ImageFolder read(Path folder) throws IOException {
        List<String> labels = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        for (Path child : sorted(folder)) {
            if (Files.isDirectory(child)) {
                for (Path file : sorted(child)) {
                    if (isPicture(file)) {
                        files.add(file);
                        classes.add(labels.size());
                    }
                }
                if (!classes.isEmpty() && classes.get(classes.size() - 1) == labels.size()) {
                    labels.add(child.getFileName().toString());
                }
            }
        }
        if (files.isEmpty()) {
            throw new IOException(folder + " has no folders with pictures in them (.jpg, .png, .webp, .bmp)");
        }
        return new ImageFolder(
                folder,
                List.copyOf(labels),
                List.copyOf(files),
                classes.stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1)) && Files.isRegularFile(file);
    }

    @Override
    public int size() {
        return files.size();
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
        Path file = files.get(index);
        try (ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            return decoder.decode(Files.readAllBytes(file));
        } catch (UndecodableException e) {
            throw new IOException(file + " cannot be decoded: " + e.getMessage(), e);
        }
    }

    @Override
    public Origin origin(int index) {
        return Origin.of(key(index));
    }

    private String key(int index) {
        return folder.relativize(files.get(index)).toString().replace('\\', '/');
    }

    /** As examples of a list whose paths begin at {@code root}, all in one split. */
    List<Example> examples(Path root, String split) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            String uri = root.relativize(file).toString().replace('\\', '/');
            examples.add(new Example(
                    ManifestRow.of(uri, labels.get(classes[i])).inSplit(split),
                    file.toString(),
                    () -> Files.readAllBytes(file)));
        }
        return examples;
    }

    /** Reads all files when first asked. */
    @Override
    public synchronized String manifestSha256() throws IOException {
        if (sha256 == null) {
            Manifest manifest = new Manifest();
            for (int i = 0; i < files.size(); i++) {
                manifest.add(key(i)).add(labels.get(classes[i])).add(Files.readAllBytes(files.get(i)));
            }
            sha256 = manifest.sha256();
        }
        return sha256;
    }
}
