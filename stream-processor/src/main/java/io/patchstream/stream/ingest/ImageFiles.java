package io.patchstream.stream.ingest;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Image files as they are, bytes untouched, in the order of their names: a folder with all below it, a zip, or one image.
 * The names' ends tell what is an image and how it is encoded. Holds one file in memory at a time.
 */
public final class ImageFiles implements FrameFeed.Source {
    private static final Map<String, Encoding> ENCODINGS = Map.of(
            "jpg", Encoding.JPEG,
            "jpeg", Encoding.JPEG,
            "png", Encoding.PNG,
            "webp", Encoding.WEBP,
            "bmp", Encoding.BMP);

    private final Path path;
    private final double perSecond;

    /** @param perSecond files for a second of the feed's time */
    public ImageFiles(Path path, double perSecond) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException(perSecond + " files a second are none; it must be above 0");
        }
        this.path = path;
        this.perSecond = perSecond;
    }

    /** Whether {@code path} is one: a folder, a {@code .zip}, or a file with an image's name. */
    public static boolean isAt(Path path) {
        return Files.isDirectory(path) || isZip(path) || encoding(path).isPresent();
    }

    private static boolean isZip(Path path) {
        return "zip".equals(ending(path));
    }

    private static Optional<Encoding> encoding(Path file) {
        return Optional.ofNullable(ENCODINGS.get(ending(file)));
    }

    private static String ending(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean live() {
        return false;
    }

    @Override
    @MustBeClosed
    public FrameFeed open() throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such file or folder");
        }
        if (!isZip(path)) {
            return new Feed(list(path), Optional.empty());
        }
        FileSystem zip = FileSystems.newFileSystem(path);
        try {
            return new Feed(list(zip.getPath("/")), Optional.of(zip));
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private List<Path> list(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            List<Path> images = all.filter(file -> encoding(file).isPresent() && Files.isRegularFile(file))
                    .sorted(Comparator.comparing(file -> root.relativize(file).toString()))
                    .toList();
            if (images.isEmpty()) {
                throw new NoSuchFileException(
                        path.toString(),
                        null,
                        "there is no image in it; names must end in .jpg, .jpeg, .png, .webp or .bmp");
            }
            return images;
        }
    }

    private final class Feed implements FrameFeed {
        private final Iterator<Path> files;
        private final Optional<FileSystem> zip;
        private long count;

        Feed(List<Path> files, Optional<FileSystem> zip) {
            this.files = files.iterator();
            this.zip = zip;
        }

        @Override
        public Optional<EncodedPictures> next() throws IOException {
            if (!files.hasNext()) {
                return Optional.empty();
            }
            Path file = files.next();
            long micros = Math.round(count++ * 1e6 / perSecond);
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            return Optional.of(new EncodedPictures(encoding(file).orElseThrow(), bytes, 1, micros, micros));
        }

        @Override
        public void close() throws IOException {
            if (zip.isPresent()) {
                zip.get().close();
            }
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
