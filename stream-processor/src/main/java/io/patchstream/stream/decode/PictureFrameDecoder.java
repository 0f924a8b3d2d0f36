package io.patchstream.stream.decode;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Decodes frames with {@code vision}'s decoder: the same pixels that the trainer saw, straight into the slots. */
public final class PictureFrameDecoder implements FrameDecoder {
    private final PictureDecoder decoder;

    /** For one decode thread, which closes it. */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes it.
    public PictureFrameDecoder(Preprocessing preprocessing, DecodeLimits limits, DecodeScale scale) {
        this.decoder = new PictureDecoder(preprocessing, limits, scale);
    }

    @Override
    public void decode(EncodedFrame frame, Slots slots) throws RejectedFrameException, InterruptedException {
        try {
            decoder.decode(frame.payload(), format(frame.encoding()), () -> next(slots));
        } catch (UndecodableException e) {
            throw new RejectedFrameException(
                    new FrameOutcome.Rejected(Stage.DECODE, e.code().name(), e.getMessage()), e);
        } catch (Interrupted e) {
            throw e.interruption;
        }
    }

    private static ByteBuffer next(Slots slots) {
        try {
            return slots.next();
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    static Optional<PictureFormat> format(EncodedFrame.Encoding encoding) {
        return switch (encoding) {
            case UNKNOWN -> Optional.empty();
            case JPEG -> Optional.of(PictureFormat.JPEG);
            case PNG -> Optional.of(PictureFormat.PNG);
            case WEBP -> Optional.of(PictureFormat.WEBP);
            case BMP -> Optional.of(PictureFormat.BMP);
            case H264 -> Optional.of(PictureFormat.H264);
            case H265 -> Optional.of(PictureFormat.H265);
        };
    }

    @Override
    public void close() {
        decoder.close();
    }

    /** Carries an interruption through the decoder, which knows nothing of waiting. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient InterruptedException interruption;

        private Interrupted(InterruptedException interruption) {
            super(interruption);
            this.interruption = interruption;
        }
    }
}
