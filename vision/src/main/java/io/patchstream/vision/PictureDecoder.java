package io.patchstream.vision;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.ImageHeader;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * From encoded bytes to a model's input: decodes a still picture or a segment of video and writes each of its pictures,
 * preprocessed, into a slot of the caller's. The pixels never pass through Java objects of their size.
 *
 * <p>One per decode thread; owns native memory until closed.
 */
public final class PictureDecoder implements AutoCloseable {
    /** Where pictures go. */
    @FunctionalInterface
    public interface Slots {
        /**
         * Room for one more picture: heap or direct, exactly {@link Preprocessing#byteSize()} bytes remaining. Stays the
         * caller's; the decoder writes to it once, before it asks for the next, and keeps no reference. Asked for only
         * when a decoded picture is ready to be written.
         */
        ByteBuffer next();
    }

    private final Preprocessor preprocessor;
    private final DecodeScale scale;
    private final ImageDecoder images;
    private final SegmentDecoder segments;

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes what is made here.
    public PictureDecoder(Preprocessing preprocessing, DecodeLimits limits, DecodeScale scale) {
        this.preprocessor = new Preprocessor(preprocessing);
        this.scale = requireNonNull(scale, "scale");
        this.images = new ImageDecoder(limits);
        this.segments = new SegmentDecoder(limits);
    }

    /**
     * Decodes a frame.
     *
     * @param payload the encoded bytes from position to limit, heap or direct; position and limit stay, and no reference
     *     is kept
     * @param format how they are encoded; empty to tell it by the first bytes
     * @return how many pictures were written, at least 1
     * @throws UndecodableException when the frame is at fault; of a segment, slots may have been taken and written by then
     */
    public int decode(ByteBuffer payload, Optional<PictureFormat> format, Slots slots) throws UndecodableException {
        if (!payload.hasRemaining()) {
            throw new UndecodableException(Code.EMPTY, "the frame has no bytes");
        }
        PictureFormat known = format.or(() -> PictureFormat.tell(payload))
                .orElseThrow(() -> new UndecodableException(
                        Code.UNSUPPORTED,
                        "the bytes do not begin like a picture: send JPEG, PNG, WebP, BMP, H.264 or H.265"));
        if (!known.isStill()) {
            return segments.decodeRows(payload, known, rows -> preprocessor.prepare(rows, slots.next()));
        }
        ImageHeader header = images.header(payload, known);
        PixelRows rows = images.rows(payload, header, scale.divisor(header, preprocessor.preprocessing()));
        preprocessor.prepare(rows, slots.next());
        return 1;
    }

    /** Frees the native memory. May be called twice. */
    @Override
    public void close() {
        images.close();
        segments.close();
    }
}
