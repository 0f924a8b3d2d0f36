package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;

/** A frame as it was sent: its head and its encoded bytes, which it borrows from the record. */
public final class EncodedFrame {
    /** How the bytes are encoded; {@code UNKNOWN} is told by the first bytes. */
    public enum Encoding {
        UNKNOWN,
        JPEG,
        PNG,
        WEBP,
        BMP,
        H264,
        H265
    }

    private final FrameHead head;
    private final Encoding encoding;
    private final ByteBuffer payload;

    public EncodedFrame(FrameHead head, Encoding encoding, ByteBuffer payload) {
        this.head = requireNonNull(head, "head");
        this.encoding = requireNonNull(encoding, "encoding");
        this.payload = payload.asReadOnlyBuffer();
    }

    public FrameHead head() {
        return head;
    }

    public Encoding encoding() {
        return encoding;
    }

    /** The encoded bytes from position to limit: a view of its own, read-only. */
    public ByteBuffer payload() {
        return payload.duplicate();
    }
}
