package io.patchstream.local.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's changes in a file that only grows: one line each, eight hex digits of CRC-32C, a space, JSON. A change
 * is on the disk before {@link #append} returns, so what a client was told survives kill -9 and a power cut.
 *
 * <p>A crash can leave one torn line, always the last: opening cuts it off, and nobody was told of it. A broken line
 * with sound ones after it is damage from elsewhere, which opening refuses.
 *
 * <p>Not thread-safe; {@link Registry} guards it. Whoever opens it closes it.
 */
final class ChangeLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);
    private static final int CHECKSUM_DIGITS = 8;

    private final ChangeJson json = new ChangeJson();
    private final Path file;
    private final FileChannel channel;
    private long length;

    private ChangeLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens or makes the file and hands every change in it to {@code replay}, in order. */
    static ChangeLog open(Path file, Consumer<Change> replay) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        boolean fresh = Files.notExists(file);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(channel, file);
            if (fresh) {
                syncFolder(folder);
            }
            ChangeLog log = new ChangeLog(file, channel);
            log.replay(replay);
            return log;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /** Held until the channel closes; two writers would tear each other's lines. */
    private static void lock(FileChannel channel, Path file) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException inThisProcess) {
            throw new IOException(file + " is in use by another registry in this process", inThisProcess);
        }
        throw new IOException(file + " is in use by another registry");
    }

    /** The name of a new file is durable only when its folder is synced; not every system lets a folder be opened. */
    private static void syncFolder(Path folder) {
        try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
            opened.force(true);
        } catch (IOException failure) {
            LOG.debug("This system does not sync folders: {}", folder, failure);
        }
    }

    private void replay(Consumer<Change> replay) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int line = 1; start < bytes.length; line++) {
            int end = endOfLine(bytes, start);
            Optional<Change> change = end < bytes.length ? sound(bytes, start, end) : Optional.empty();
            if (change.isEmpty()) {
                refuseUnlessLast(bytes, Math.min(end + 1, bytes.length), line);
                LOG.warn(
                        "Cut off the torn last line of {}: {} bytes that no client was told of",
                        file,
                        bytes.length - start);
                break;
            }
            replay.accept(change.get());
            start = end + 1;
        }
        length = start;
        channel.truncate(length);
    }

    private void refuseUnlessLast(byte[] bytes, int start, int line) throws IOException {
        for (int next = start; next < bytes.length; ) {
            int end = endOfLine(bytes, next);
            if (end < bytes.length && sound(bytes, next, end).isPresent()) {
                throw new IOException(
                        "Line " + line + " of " + file + " is damaged and sound ones follow it: restore the"
                                + " file from a copy, or remove it to start with an empty registry");
            }
            next = end + 1;
        }
    }

    private static int endOfLine(byte[] bytes, int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private Optional<Change> sound(byte[] bytes, int start, int end) throws IOException {
        int text = start + CHECKSUM_DIGITS + 1;
        if (text > end) {
            return Optional.empty();
        }
        String checksum = new String(bytes, start, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
        if (!checksum.equals(checksum(bytes, text, end - text))) {
            return Optional.empty();
        }
        try {
            return Optional.of(json.read(new String(bytes, text, end - text, StandardCharsets.UTF_8)));
        } catch (RuntimeException failure) {
            throw new IOException(
                    file + " holds a change that this release does not know: " + failure.getMessage(), failure);
        }
    }

    private static String checksum(byte[] bytes, int start, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, count);
        return String.format("%08x", crc.getValue());
    }

    /** Returns when the change is on the disk; when it throws, the file holds what it held before. */
    void append(Change change) {
        byte[] text = json.write(change).getBytes(StandardCharsets.UTF_8);
        byte[] head = (checksum(text, 0, text.length) + " ").getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer line = ByteBuffer.allocate(head.length + text.length + 1)
                .put(head)
                .put(text)
                .put((byte) '\n')
                .flip();
        try {
            long at = length;
            while (line.hasRemaining()) {
                at += channel.write(line, at);
            }
            channel.force(false);
            length = at;
        } catch (IOException failure) {
            throw takenBack(failure);
        }
    }

    private UncheckedIOException takenBack(IOException failure) {
        try {
            channel.truncate(length);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
        return new UncheckedIOException("Cannot write " + file + ": " + failure.getMessage(), failure);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
