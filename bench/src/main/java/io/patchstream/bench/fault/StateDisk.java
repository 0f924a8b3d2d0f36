package io.patchstream.bench.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder of the state directories: a small disk of its own where the system lets us mount one, so that it can be full. */
final class StateDisk implements AutoCloseable {
    private static final String SIZE = "4m";

    private final Path folder;
    private final boolean mounted;

    private StateDisk(Path folder, boolean mounted) {
        this.folder = folder;
        this.mounted = mounted;
    }

    static StateDisk open(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return new StateDisk(
                folder, run(List.of("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", folder.toString())));
    }

    /** Whether it is a disk of its own; only then can it be full. */
    boolean isOwn() {
        return mounted;
    }

    Path folder() {
        return folder;
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    /** Leaves no room for a byte. */
    void fill() throws IOException {
        if (!mounted) {
            throw new IllegalStateException("the state directory is on the machine's own disk");
        }
        try (OutputStream out = Files.newOutputStream(filler())) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(folder).getUsableSpace() > 0) {
                throw full;
            }
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    private static boolean run(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (mounted) {
            try {
                // Lazily: whoever was killed a moment ago may still hold it.
                run(List.of("umount", "-l", folder.toString()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
