package io.patchstream.trainer.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a data set is made of, as one SHA-256 over its parts; each part is preceded by its length. */
public final class Manifest {
    private final MessageDigest digest = newDigest();

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Of some bytes alone: 64 lower-case hexadecimal digits. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(newDigest().digest(bytes));
    }

    public Manifest add(byte[] part) {
        digest.update((part.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(part);
        return this;
    }

    public Manifest add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends the manifest: 64 lower-case hexadecimal digits. */
    public String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
