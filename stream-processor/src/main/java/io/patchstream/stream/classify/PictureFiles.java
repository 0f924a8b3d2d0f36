package io.patchstream.stream.classify;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Files named on a command line, as frames. */
public final class PictureFiles {
    private static final Set<String> PICTURES = Set.of(
            "jpg", "jpeg", "png", "webp", "bmp", "h264", "264", "h265", "265", "hevc", "mp4", "mov", "mkv", "ts");

    private PictureFiles() {}

    /** Files as they are; folders as the pictures in them and below, by name. */
    static List<Path> expand(List<Path> named) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> below = Files.walk(path)) {
                    below.filter(PictureFiles::isPicture).sorted().forEach(files::add);
                }
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static boolean isPicture(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return PICTURES.contains(name.substring(name.lastIndexOf('.') + 1))
                && !name.startsWith(".")
                && Files.isRegularFile(path);
    }

    /** Reads the file when its turn comes, not before. */
    public static FrameReader reader(Path file) {
        return () -> new EncodedFrame(
                new FrameHead(file.toString(), "", 0, 0, 1, Map.of()), EncodedFrame.Encoding.UNKNOWN, read(file));
    }

    private static ByteBuffer read(Path file) throws RejectedFrameException {
        try {
            if (!Files.isRegularFile(file)) {
                throw Files.exists(file)
                        ? new IOException("it is not a regular file")
                        : new NoSuchFileException(file.toString());
            }
            DecodeLimits.defaults().checkBytes(Files.size(file));
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw rejected("NOT_FOUND", "there is no such file", e);
        } catch (IOException e) {
            throw rejected("UNREADABLE", "the file cannot be read: " + e.getMessage(), e);
        } catch (UndecodableException e) {
            throw rejected(e.code().name(), e.getMessage(), e);
        }
    }

    private static RejectedFrameException rejected(String code, String message, Exception cause) {
        return new RejectedFrameException(new FrameOutcome.Rejected(Stage.READ, code, message), cause);
    }
}
