package io.patchstream.stream.examples;

import io.patchstream.vision.examples.ManifestRow;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Payloads by their SHA-256, in {@code frames/ab/abcd…} beside a manifest: where the trainer looks for them. What is there
 * is whole, for it gets its name last; equal payloads are there once.
 */
final class FrameStore {
    private final Path folder;

    /** @param manifest the file beside which the payloads lie */
    FrameStore(Path manifest) {
        this.folder = manifest.toAbsolutePath().getParent();
    }

    /** Whether the payload is there, and is what its name says. */
    boolean has(String sha256) throws IOException {
        Path file = file(sha256);
        return Files.isRegularFile(file) && Sha256.of(file).equals(sha256);
    }

    void put(String sha256, ByteBuffer payload) throws IOException {
        Path file = file(sha256);
        if (Files.isRegularFile(file) && Files.size(file) == payload.remaining()) {
            return;
        }
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(sha256 + ".part");
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file(String sha256) {
        return ManifestRow.frame(folder, sha256);
    }
}
