package io.patchstream.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The ids of embeddings: UUIDs of version 5 (RFC 9562, 5.5), so that a picture replayed through the same model lands
 * on the same point of a vector store.
 *
 * <p>The name that is hashed is four netstrings ({@code length:text,} with the length in UTF-8 bytes): camera, frame,
 * picture, model. Lengths keep {@code ("a", "bc")} and {@code ("ab", "c")} apart. In Python:
 *
 * <pre>{@code
 * points = uuid.uuid5(uuid.NAMESPACE_URL, "urn:patchstream:point")
 * uuid.uuid5(points, "".join(f"{len(s.encode())}:{s}," for s in (camera, frame, str(picture), model_sha256)))
 * }</pre>
 */
public final class PointIds {
    /** RFC 9562's namespace for URLs. */
    static final UUID NAMESPACE_URL = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    private static final UUID POINTS = version5(NAMESPACE_URL, "urn:patchstream:point");

    private PointIds() {}

    /**
     * The id of one picture as one model sees it.
     *
     * @param camera the camera's id
     * @param frameId the frame record's id
     * @param picture which picture of the frame record, from 0
     * @param modelSha256 the model's SHA-256 in hexadecimal digits
     */
    public static UUID of(String camera, String frameId, int picture, String modelSha256) {
        return version5(
                POINTS,
                netstring(camera) + netstring(frameId) + netstring(Integer.toString(picture)) + netstring(modelSha256));
    }

    /** RFC 9562, 5.5: SHA-1 over the namespace's 16 bytes and the name, cut to 128 bits. */
    static UUID version5(UUID namespace, String name) {
        MessageDigest sha1 = sha1();
        sha1.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = hash.getLong() & ~0xF000L | 0x5000L;
        long low = hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    static String netstring(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length + ":" + text + ",";
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
