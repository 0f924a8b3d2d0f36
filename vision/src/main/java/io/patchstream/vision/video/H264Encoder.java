package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.patchstream.vision.RgbImage;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;

/**
 * OpenH264 by FFmpeg: constrained baseline, no B-frames, one thread, the same bytes for the same pictures. The only H.264
 * encoder of the LGPL build that runs on any machine; that build has none for H.265.
 */
final class H264Encoder implements AutoCloseable {
    /** What is done with a packet, which is borrowed for the call. */
    interface Sink {
        void accept(AVPacket packet) throws VideoException;
    }

    private final PixelConverter converter = new PixelConverter();
    private final int width;
    private final int height;
    private AVCodecContext context;
    private AVFrame yuv;
    private AVPacket packet;
    private long pictures;

    /**
     * The encoder; the caller closes it.
     *
     * @param quantiser 1 (best) to 51
     * @param globalHeader parameter sets go into the container, not before each keyframe
     */
    H264Encoder(int width, int height, int framesPerSecond, int quantiser, boolean globalHeader) throws VideoException {
        if (width < 16 || height < 16 || framesPerSecond < 1 || quantiser < 1 || quantiser > 51) {
            throw new IllegalArgumentException("H.264 of " + width + " x " + height + " pixels at " + framesPerSecond
                    + " frames/s, quantiser " + quantiser
                    + "; needs at least 16 x 16, 1 frame/s, and a quantiser from 1 to 51");
        }
        LibAv.load();
        this.width = width;
        this.height = height;
        try {
            yuv = PixelConverter.newFrame(AV_PIX_FMT_YUV420P, width & ~1, height & ~1);
            yuv.colorspace(AVCOL_SPC_BT470BG);
            yuv.color_range(AVCOL_RANGE_MPEG);
            packet = av_packet_alloc();
            open(framesPerSecond, quantiser, globalHeader);
        } catch (VideoException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open(int framesPerSecond, int quantiser, boolean globalHeader) throws VideoException {
        AVCodec codec = avcodec_find_encoder_by_name("libopenh264");
        if (codec == null) {
            throw new VideoException("this build of FFmpeg has no OpenH264 encoder");
        }
        context = avcodec_alloc_context3(codec);
        context.width(yuv.width());
        context.height(yuv.height());
        context.pix_fmt(AV_PIX_FMT_YUV420P);
        context.colorspace(AVCOL_SPC_BT470BG);
        context.color_range(AVCOL_RANGE_MPEG);
        try (AVRational base = new AVRational();
                AVRational rate = new AVRational()) {
            context.time_base(base.num(1).den(framesPerSecond));
            context.framerate(rate.num(framesPerSecond).den(1));
        }
        context.thread_count(1);
        // Groups of pictures end when the caller says so.
        context.gop_size(Integer.MAX_VALUE);
        context.qmin(quantiser);
        context.qmax(quantiser);
        context.flags(context.flags() | AV_CODEC_FLAG_BITEXACT | (globalHeader ? AV_CODEC_FLAG_GLOBAL_HEADER : 0));
        LibAv.check(avcodec_open2(context, codec, (PointerPointer<?>) null), "cannot start the H.264 encoder");
    }

    AVCodecContext context() {
        return context;
    }

    /** Encodes one picture; {@code keyframe} begins a new closed group. */
    void encode(RgbImage image, boolean keyframe, Sink sink) throws VideoException {
        if (image.width() != width || image.height() != height) {
            throw new IllegalArgumentException("a picture of " + image.width() + " x " + image.height()
                    + " pixels for an encoder of " + width + " x " + height);
        }
        converter.fromRgb(image, yuv);
        yuv.pts(pictures++);
        yuv.pict_type(keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
        LibAv.check(avcodec_send_frame(context, yuv), "cannot encode a picture");
        drain(sink);
    }

    /** Hands out what is still inside; nothing can be encoded after it. */
    void finish(Sink sink) throws VideoException {
        LibAv.check(avcodec_send_frame(context, null), "cannot finish the H.264 stream");
        drain(sink);
    }

    private void drain(Sink sink) throws VideoException {
        while (true) {
            int code = avcodec_receive_packet(context, packet);
            if (code == AVERROR_EAGAIN() || code == AVERROR_EOF()) {
                return;
            }
            LibAv.check(code, "cannot encode a picture");
            try {
                sink.accept(packet);
            } finally {
                av_packet_unref(packet);
            }
        }
    }

    /** May be called twice. */
    @Override
    public void close() {
        converter.close();
        if (packet != null) {
            av_packet_free(packet);
            packet = null;
        }
        if (yuv != null) {
            av_frame_free(yuv);
            yuv = null;
        }
        if (context != null) {
            avcodec_free_context(context);
            context = null;
        }
    }
}
