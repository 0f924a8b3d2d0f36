package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NONE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BITEXACT;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INP;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.patchstream.vision.FrameRows;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.UndecodableException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Pixels between FFmpeg's frames and Java memory. Exact and the same on every CPU: to RGB by {@link FrameRows}, to YUV by
 * swscale's accurate, bit-exact path; keeps its native buffers from picture to picture. Owned by one thread.
 */
final class PixelConverter implements AutoCloseable {
    private static final int FLAGS =
            SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;

    private final FrameRows rows = new FrameRows();
    private SwsContext context;
    private AVFrame staging;

    /** A decoded frame as RGB, by the colour matrix and range that it names. */
    RgbImage toRgb(AVFrame frame) throws VideoException {
        try {
            return rows.copy(frame);
        } catch (UndecodableException e) {
            throw new VideoException(e.getMessage());
        }
    }

    /** A picture as BT.601 YUV 4:2:0 in {@code into}; a last odd row or column is left out. */
    void fromRgb(RgbImage image, AVFrame into) throws VideoException {
        LibAv.check(av_frame_make_writable(into), "no memory for a frame");
        AVFrame rgb = staging(AV_PIX_FMT_RGB24, image.width(), image.height());
        BytePointer data = rgb.data(0);
        int stride = rgb.linesize(0);
        for (int y = 0; y < image.height(); y++) {
            data.position((long) y * stride).put(image.pixels(), y * image.width() * 3, image.width() * 3);
        }
        data.position(0);
        scale(rgb, into.width(), into.height(), into);
    }

    private void scale(AVFrame from, int width, int height, AVFrame to) throws VideoException {
        context = sws_getCachedContext(
                context, width, height, from.format(), width, height, to.format(), FLAGS, null, null, (DoublePointer)
                        null);
        if (context == null) {
            throw new VideoException("cannot convert a " + width + " x " + height + " frame of pixel format "
                    + from.format() + " to format " + to.format());
        }
        sws_setColorspaceDetails(
                context,
                sws_getCoefficients(AVCOL_SPC_BT470BG),
                0,
                sws_getCoefficients(AVCOL_SPC_BT470BG),
                0,
                0,
                1 << 16,
                1 << 16);
        LibAv.check(
                sws_scale(context, from.data(), from.linesize(), 0, height, to.data(), to.linesize()),
                "cannot convert a frame's pixels");
    }

    private AVFrame staging(int format, int width, int height) throws VideoException {
        if (staging != null && (staging.width() != width || staging.height() != height)) {
            av_frame_free(staging);
            staging = null;
        }
        if (staging == null) {
            staging = newFrame(format, width, height);
        }
        return staging;
    }

    /** A frame with memory of its own, which the caller frees with {@code av_frame_free}. */
    static AVFrame newFrame(int format, int width, int height) throws VideoException {
        AVFrame frame = av_frame_alloc();
        if (frame == null || format == AV_PIX_FMT_NONE) {
            throw new VideoException("no memory for a frame");
        }
        frame.format(format);
        frame.width(width);
        frame.height(height);
        int code = av_frame_get_buffer(frame, 0);
        if (code < 0) {
            av_frame_free(frame);
            throw VideoException.because("no memory for a frame of " + width + " x " + height + " pixels", code);
        }
        return frame;
    }

    @Override
    public void close() {
        rows.close();
        if (context != null) {
            sws_freeContext(context);
            context = null;
        }
        if (staging != null) {
            av_frame_free(staging);
            staging = null;
        }
    }
}
