package io.patchstream.vision;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;

import io.patchstream.vision.encoded.UndecodableException;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * The RGB pixels of decoded frames, by the colour matrix and range that they name (BT.601 and limited range when they name
 * none): the one conversion of this module, so that a picture is the same whether it comes from a camera, a file or a
 * segment in a record. Public for {@code io.patchstream.vision.video}. Belongs to one thread.
 */
public final class FrameRows implements AutoCloseable {
    private final YuvFrame yuv = new YuvFrame();
    private final ConvertedFrame converted = new ConvertedFrame();

    /** The rows of a frame; valid until the frame changes or the next call. */
    PixelRows of(AVFrame frame) throws UndecodableException {
        boolean full = frame.color_range() == AVCOL_RANGE_JPEG;
        if (frame.format() == AV_PIX_FMT_YUV420P || frame.format() == AV_PIX_FMT_YUVJ420P) {
            yuv.borrow(frame, YuvMatrix.of(frame.colorspace(), full || frame.format() == AV_PIX_FMT_YUVJ420P));
            return yuv;
        }
        converted.convert(frame, full);
        return converted;
    }

    /**
     * A frame in Java memory.
     *
     * @throws UndecodableException when its pixel format is one that cannot be converted
     */
    public RgbImage copy(AVFrame frame) throws UndecodableException {
        return of(frame).copy();
    }

    /** May be called twice. */
    @Override
    public void close() {
        converted.close();
    }
}
