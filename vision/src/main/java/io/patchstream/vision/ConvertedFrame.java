package io.patchstream.vision;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BITEXACT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A decoded frame of any pixel format as RGB, by swscale's accurate, bit-exact path, the same on every CPU; for the formats
 * that {@link YuvFrame} does not read. Owns the native memory of one picture; belongs to one thread.
 */
final class ConvertedFrame implements PixelRows, AutoCloseable {
    static final int FLAGS = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT;

    /** swscale writes whole vectors. */
    private static final int ROW_ALIGNMENT = 64;

    private final PointerPointer<BytePointer> planes = new PointerPointer<>(4);
    private final IntPointer strides = new IntPointer(4);
    private SwsContext context;
    private BytePointer memory;
    private ByteBuffer pixels;
    private int height;
    private int width;
    private int stride;

    /** Replaces the picture. */
    void convert(AVFrame frame, boolean fullRange) throws UndecodableException {
        height = frame.height();
        width = frame.width();
        int format = frame.format();
        reserve();
        context = sws_getCachedContext(
                context, width, height, format, width, height, AV_PIX_FMT_RGB24, FLAGS, null, null, (DoublePointer)
                        null);
        if (context == null) {
            throw new UndecodableException(
                    Code.UNSUPPORTED, "video of pixel format " + frame.format() + " is not converted here");
        }
        int matrix = frame.colorspace() == AVCOL_SPC_UNSPECIFIED ? AVCOL_SPC_BT470BG : frame.colorspace();
        sws_setColorspaceDetails(
                context,
                sws_getCoefficients(matrix),
                fullRange ? 1 : 0,
                sws_getCoefficients(AVCOL_SPC_BT470BG),
                1,
                0,
                1 << 16,
                1 << 16);
        int rows = sws_scale(context, frame.data(), frame.linesize(), 0, height, planes, strides);
        if (rows != height) {
            throw new UndecodableException(
                    Code.CORRUPT, "a frame of the segment cannot be converted to RGB: swscale gives " + rows);
        }
    }

    private void reserve() {
        stride = (width * 3 + 2 * ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
        long bytes = (long) stride * height + ROW_ALIGNMENT;
        if (memory == null || memory.capacity() < bytes) {
            if (memory != null) {
                memory.close();
            }
            memory = new BytePointer(bytes);
            pixels = memory.asByteBuffer();
        }
        planes.put(0, memory);
        strides.put(0, stride);
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int row, int column, int columns, byte[] into, int at) {
        pixels.get(row * stride + column * 3, into, at, columns * 3);
    }

    /** May be called twice. */
    @Override
    public void close() {
        if (context != null) {
            sws_freeContext(context);
            context = null;
        }
        if (memory != null) {
            memory.close();
            memory = null;
        }
        planes.close();
        strides.close();
    }
}
