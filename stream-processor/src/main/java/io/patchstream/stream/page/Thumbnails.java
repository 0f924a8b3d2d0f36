package io.patchstream.stream.page;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.SegmentDecoder;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.VideoException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small JPEGs of frames, upright and in their own proportions. Belongs to one thread; owns native memory. */
final class Thumbnails implements AutoCloseable {
    private static final int LONGEST_SIDE = 384;
    private static final int QUALITY = 80;
    /** A JPEG that is no larger goes to the browser as it came. */
    private static final int SMALL_BYTES = 40_000;

    private final ImageDecoder images;
    private final SegmentDecoder segments;
    private final JpegEncoder jpegs = new JpegEncoder(QUALITY);
    private Preprocessor shrinking;

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes what is made here.
    Thumbnails() {
        images = new ImageDecoder(DecodeLimits.defaults());
        segments = new SegmentDecoder(DecodeLimits.defaults());
    }

    /** A JPEG of the frame's first picture; empty where there is none to be had. */
    Optional<byte[]> of(EncodedFrame frame) {
        return of(frame, 0);
    }

    /** The same of any picture of the frame, from 0. */
    Optional<byte[]> of(EncodedFrame frame, int picture) {
        ByteBuffer payload = frame.payload();
        try {
            Optional<PictureFormat> format = PictureFormat.tell(payload);
            if (format.isPresent() && format.get() == PictureFormat.JPEG && payload.remaining() <= SMALL_BYTES) {
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                return Optional.of(bytes);
            }
            return Optional.of(jpegs.encode(shrunk(decoded(payload, format, picture))));
        } catch (UndecodableException | VideoException e) {
            return Optional.empty();
        }
    }

    private RgbImage decoded(ByteBuffer payload, Optional<PictureFormat> format, int wanted)
            throws UndecodableException {
        if (format.isEmpty() || format.get().isStill()) {
            return images.decode(payload);
        }
        List<RgbImage> kept = new ArrayList<>(1);
        int[] seen = new int[1];
        segments.decode(payload, format.get(), picture -> {
            if (seen[0]++ == wanted) {
                kept.add(picture);
            }
        });
        if (kept.isEmpty()) {
            throw new UndecodableException(
                    UndecodableException.Code.TRUNCATED,
                    "the frame has " + seen[0] + " pictures, and none is number " + wanted);
        }
        return kept.get(0);
    }

    private RgbImage shrunk(RgbImage image) {
        double scale = (double) LONGEST_SIDE / Math.max(image.height(), image.width());
        if (scale >= 1) {
            return image;
        }
        int height = (int) Math.max(1, Math.round(image.height() * scale));
        int width = (int) Math.max(1, Math.round(image.width() * scale));
        Preprocessing wanted = new Preprocessing(Resize.SQUASH, height, height, width, Interpolation.BILINEAR, true);
        if (shrinking == null || !shrinking.preprocessing().equals(wanted)) {
            shrinking = new Preprocessor(wanted);
        }
        byte[] pixels = new byte[wanted.byteSize()];
        shrinking.prepare(image, ByteBuffer.wrap(pixels));
        return new RgbImage(height, width, pixels);
    }

    /** May be called twice. */
    @Override
    public void close() {
        images.close();
        segments.close();
        jpegs.close();
    }
}
