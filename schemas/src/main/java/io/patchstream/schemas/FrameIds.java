package io.patchstream.schemas;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The ids of frames that Patchstream ingests: UUIDs of version 5, as {@link PointIds} are. A file that is ingested twice
 * under one camera gets the same ids both times, and so the same points in a vector store; a live camera never repeats one.
 *
 * <p>The name that is hashed is three netstrings, or four: camera, sequence, SHA-256 of the payload in hexadecimal digits,
 * and for live sources the time of capture in microseconds.
 */
public final class FrameIds {
    private static final UUID FRAMES = PointIds.version5(PointIds.NAMESPACE_URL, "urn:patchstream:frame");

    private FrameIds() {}

    /** The id of a frame from a file. */
    public static UUID ofStored(String camera, long sequence, ByteBuffer payload) {
        return PointIds.version5(FRAMES, name(camera, sequence, payload));
    }

    /** The id of a frame from a live source. */
    public static UUID ofLive(String camera, long sequence, ByteBuffer payload, long capturedAtMicros) {
        return PointIds.version5(
                FRAMES, name(camera, sequence, payload) + PointIds.netstring(Long.toString(capturedAtMicros)));
    }

    private static String name(String camera, long sequence, ByteBuffer payload) {
        return PointIds.netstring(camera)
                + PointIds.netstring(Long.toString(sequence))
                + PointIds.netstring(sha256(payload));
    }

    private static String sha256(ByteBuffer payload) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(payload.duplicate());
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
