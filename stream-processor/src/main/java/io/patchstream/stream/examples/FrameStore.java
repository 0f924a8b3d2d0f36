package io.patchstream.stream.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Payloads by their SHA-256, in {@code frames/ab/abcd…} beside a manifest: where the trainer looks for them. What is there
 * is whole, for it gets its name last; equal payloads are there once.
 */
final class FrameStore {
    private final Path folder;

    /** @param manifest the file beside which the payloads lie */
    FrameStore(Path manifest) {
        this.folder = manifest.toAbsolutePath().getParent().resolve("frames");
    }

    static String sha256(ByteBuffer payload) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(payload.duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Whether the payload is there, and is what its name says. */
    boolean has(String sha256) throws IOException {
        Path file = file(sha256);
        return Files.isRegularFile(file)
                && sha256(ByteBuffer.wrap(Files.readAllBytes(file))).equals(sha256);
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
        return folder.resolve(sha256.substring(0, 2)).resolve(sha256);
    }
}
