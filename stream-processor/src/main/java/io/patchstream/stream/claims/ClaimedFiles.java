package io.patchstream.stream.claims;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.SourceUnavailableException;
import io.patchstream.stream.settings.ClaimSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;

/**
 * Reads files in the folders that the settings allow. Links are followed where they lead, and must end in a folder that is
 * allowed; the file is then opened from that folder down, one name after the other and none through a link, so that what
 * is put in a name's place in between is not followed.
 *
 * <p>Each folder has errands of its own: a mount that hangs holds up nobody who reads from another.
 */
final class ClaimedFiles {
    private static final String RULE = "it must be a file in one of claims.folders";
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final ClaimSettings settings;
    private final Map<Path, Errands> errands = new HashMap<>();
    private final Errands elsewhere;

    ClaimedFiles(ClaimSettings settings, ExecutorService threads) {
        this.settings = settings;
        settings.folders().forEach(folder -> errands.put(folder, new Errands(threads)));
        this.elsewhere = new Errands(threads);
    }

    /** The bytes of a file, or one more than {@code size} of them when it has more. */
    byte[] read(URI uri, int size) throws RejectedFrameException {
        Path path;
        try {
            path = Path.of(uri);
        } catch (IllegalArgumentException e) {
            throw Refusals.of("CLAIM_URI", "payload " + uri + " names no local file: " + e.getMessage(), e);
        }
        Optional<Path> likely =
                settings.folders().stream().filter(path::startsWith).findFirst();
        Errands place = likely.map(errands::get).orElse(elsewhere);
        try {
            return place.run(
                            () -> {
                                Optional<Located> file = locate(path, likely);
                                return file.isEmpty()
                                        ? Optional.<byte[]>empty()
                                        : file.get().read(size + 1);
                            },
                            settings.timeout())
                    .orElseThrow(() -> Refusals.notAllowed(uri, RULE));
        } catch (TimeoutException e) {
            throw Refusals.unreachable(uri, 1, e.getMessage(), e);
        } catch (IOException e) {
            throw Refusals.of("CLAIM_UNREADABLE", "payload " + uri + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Where a path leads; empty when that is in no folder. One answer for what is missing and for what is forbidden: a record
     * must not find out which files exist.
     *
     * @param likely the folder to try first
     */
    Optional<Located> locate(Path path, Optional<Path> likely) {
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            return Optional.empty();
        }
        List<Path> folders = new ArrayList<>(settings.folders());
        likely.ifPresent(first -> {
            folders.remove(first);
            folders.add(0, first);
        });
        for (Path folder : folders) {
            try {
                Path root = folder.toRealPath();
                if (real.startsWith(root) && !real.equals(root)) {
                    return Optional.of(new Located(root, root.relativize(real)));
                }
            } catch (IOException e) {
                throw new SourceUnavailableException(
                        "claims.folders names " + folder + ", which cannot be read: " + e.getMessage(), e);
            }
        }
        return Optional.empty();
    }

    /**
     * A file in a folder, as it was found.
     *
     * @param folder the folder's real path
     * @param inside from there on, without links when it was found
     */
    record Located(Path folder, Path inside) {

        /** Up to {@code most} bytes; empty when it is no regular file, or no longer reached without a link. */
        Optional<byte[]> read(int most) throws IOException {
            DirectoryStream<Path> top = Files.newDirectoryStream(folder);
            if (!(top instanceof SecureDirectoryStream<Path> at)) {
                top.close();
                return readByPath(most);
            }
            try {
                for (int i = 0; i < inside.getNameCount() - 1; i++) {
                    try (SecureDirectoryStream<Path> parent = at) {
                        at = parent.newDirectoryStream(inside.getName(i), LinkOption.NOFOLLOW_LINKS);
                    } catch (IOException e) {
                        // It was a folder when it was found: it is a link now, or gone.
                        return Optional.empty();
                    }
                }
                return readIn(at, inside.getFileName(), most);
            } finally {
                at.close();
            }
        }

        private static Optional<byte[]> readIn(SecureDirectoryStream<Path> parent, Path name, int most)
                throws IOException {
            boolean regular = parent.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes()
                    .isRegularFile();
            if (!regular) {
                return Optional.empty();
            }
            try (InputStream in = open(parent, name)) {
                return Optional.of(in.readNBytes(most));
            }
        }

        @MustBeClosed
        @SuppressWarnings("MustBeClosedChecker") // The stream closes its channel.
        private static InputStream open(SecureDirectoryStream<Path> parent, Path name) throws IOException {
            SeekableByteChannel channel = parent.newByteChannel(name, READ);
            return Channels.newInputStream(channel);
        }

        /** Where the system cannot open from a folder down: what was found is looked at once more after the opening. */
        private Optional<byte[]> readByPath(int most) throws IOException {
            Path file = folder.resolve(inside);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                byte[] bytes = in.readNBytes(most);
                return file.toRealPath().equals(file) ? Optional.of(bytes) : Optional.empty();
            }
        }
    }
}
