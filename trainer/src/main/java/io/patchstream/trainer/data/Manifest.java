package io.patchstream.trainer.data;

import io.patchstream.vision.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a data set is made of, as one SHA-256 over its parts; each part is preceded by its length. */
public final class Manifest {
    private final MessageDigest digest = Sha256.newDigest();

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
        return Sha256.text(digest);
    }
}
