package io.patchstream.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Where the local broker and registry keep their data: a folder of the user's, which stays, or a temporary one, which
 * {@link #close} removes. Locked while open, so that two processes cannot write the same one.
 */
final class DataFolder implements AutoCloseable {

    private final Path folder;
    private final boolean temporary;
    private final FileChannel lock;

    private DataFolder(Path folder, boolean temporary, FileChannel lock) {
        this.folder = folder;
        this.temporary = temporary;
        this.lock = lock;
    }

    /** @param chosen made if it is not there; empty for a temporary folder */
    static DataFolder open(Optional<Path> chosen) {
        try {
            Path folder = chosen.isPresent()
                    ? Files.createDirectories(chosen.get().toAbsolutePath().normalize())
                    : Files.createTempDirectory("patchstream-local-");
            return new DataFolder(folder, chosen.isEmpty(), lock(folder));
        } catch (IOException failure) {
            throw new LocalKafkaException(
                    "Cannot use the data folder " + chosen.map(Path::toString).orElse("(temporary)") + ": " + failure,
                    failure);
        }
    }

    /** The lock goes when the channel closes or the process dies. */
    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!tryLock(channel)) {
            channel.close();
            throw new LocalKafkaException("The data folder " + folder
                    + " is in use by another local Kafka: stop that one, or give another" + " --data-dir");
        }
        return channel;
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock held = channel.tryLock();
            return held != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    Path path() {
        return folder;
    }

    Path kafka() {
        return folder.resolve("kafka");
    }

    Path registryLog() {
        return folder.resolve("registry").resolve("changes.log");
    }

    @Override
    public void close() {
        try {
            lock.close();
            if (temporary) {
                remove();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot remove the temporary folder " + folder, failure);
        }
    }

    private void remove() throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                // Gone already: Kafka deletes old segments in the background.
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
