package io.patchstream.trainer.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The members of a ZIP archive, each read only when its size is what its reader expects. Close it. */
final class ZipMembers implements Closeable {
    private final Path file;
    private final ZipFile zip;

    /**
     * @param advice what to do when the file is no ZIP archive
     */
    ZipMembers(Path file, String advice) throws IOException {
        this.file = file;
        try {
            this.zip = new ZipFile(file.toFile());
        } catch (IOException e) {
            throw new CheckpointException(
                    file + " is no whole ZIP archive (" + e.getMessage() + "): it is cut short, or " + advice, e);
        }
    }

    List<String> names() {
        return zip.stream().map(ZipEntry::getName).toList();
    }

    /** The size that the archive states for a member. */
    long size(String name) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new CheckpointException(file + " lacks its member " + name + ": it is not whole");
        }
        return entry.getSize();
    }

    /**
     * A member, whole.
     *
     * @param mostBytes what it may have; it is refused before memory is taken
     */
    ByteBuffer read(String name, long mostBytes) throws IOException {
        long size = size(name);
        if (size < 0 || size > Math.min(mostBytes, Integer.MAX_VALUE - 8)) {
            throw new CheckpointException(
                    file + ": member " + name + " has " + size + " bytes; it may have " + mostBytes);
        }
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            byte[] bytes = in.readNBytes((int) size);
            if (bytes.length != size) {
                throw new CheckpointException(file + ": member " + name + " is cut short");
            }
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new CheckpointException(file + ": member " + name + " is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
