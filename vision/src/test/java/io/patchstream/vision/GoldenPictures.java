package io.patchstream.vision;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What the oracle's scripts left in {@code golden/}. */
final class GoldenPictures {
    private GoldenPictures() {}

    /** The cells of each line of a table in {@code golden/}. */
    static List<String[]> table(String name) throws IOException {
        return new String(bytes(name), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("\t"))
                .toList();
    }

    static byte[] picture(String name) throws IOException {
        return bytes("pictures/" + name);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = GoldenPictures.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        }
    }
}
