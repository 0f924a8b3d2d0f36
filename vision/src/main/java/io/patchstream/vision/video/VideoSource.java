package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.RgbImage;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A video being read, picture by picture: a file, a network stream or a camera. Owns the decoder and its memory, which does
 * not grow with the video's length. Used by one thread; {@link #abort} may be called from any.
 */
public final class VideoSource implements AutoCloseable {
    /** A decoder that has not made a picture of so many packets in a row never will. */
    private static final int MAX_BROKEN_PACKETS = 300;

    private final VideoAddress address;
    private final VideoLimits limits;
    private final Deadline deadline = new Deadline();
    private final PixelConverter converter = new PixelConverter();
    private AVFormatContext format;
    private AVCodecContext decoder;
    private AVFrame frame;
    private AVPacket packet;
    private int streamIndex;
    private double microsPerTick;
    private double framesPerSecond;
    private long firstTick = AV_NOPTS_VALUE;
    private long pictures;
    private long brokenPackets;
    private Rotation rotation = Rotation.NONE;
    private boolean drained;
    private boolean closed;

    private VideoSource(VideoAddress address, VideoLimits limits) {
        this.address = address;
        this.limits = limits;
    }

    /**
     * Opens a video; the caller closes it.
     *
     * @throws VideoException when it is not there, holds no video, is too large, or does not answer in time
     */
    @MustBeClosed
    public static VideoSource open(VideoAddress address, VideoLimits limits) throws VideoException {
        LibAv.load();
        if (address.isDevice()) {
            LibAv.loadDevices();
        }
        VideoSource source = new VideoSource(address, limits);
        try {
            source.openFormat();
            source.openDecoder();
        } catch (VideoException | RuntimeException e) {
            source.close();
            throw e;
        }
        return source;
    }

    /** W as coded. */
    public int width() {
        return decoder.width();
    }

    /** H as coded. */
    public int height() {
        return decoder.height();
    }

    /** The stream's mean rate in pictures per second; 0 when it names none. */
    public double framesPerSecond() {
        return framesPerSecond;
    }

    /** Packets that could not be decoded and were passed over. */
    public long brokenPackets() {
        return brokenPackets;
    }

    /**
     * The next picture; empty at the end.
     *
     * @throws VideoException when the source fails, is too slow, or was aborted; it cannot be read further
     */
    public Optional<VideoPicture> read() throws VideoException {
        if (closed) {
            throw new VideoException(address + " is closed");
        }
        deadline.in(limits.reading());
        int brokenInARow = 0;
        while (true) {
            int code = avcodec_receive_frame(decoder, frame);
            if (code == 0) {
                try {
                    return Optional.of(picture());
                } finally {
                    av_frame_unref(frame);
                }
            }
            if (code == AVERROR_EOF()) {
                return Optional.empty();
            }
            if (code != AVERROR_EAGAIN() || !feed()) {
                brokenPackets++;
                if (++brokenInARow > MAX_BROKEN_PACKETS) {
                    throw new VideoException("no picture in " + brokenInARow + " packets of " + address
                            + "; its last error was: " + LibAv.explain(code));
                }
            }
        }
    }

    /** From any thread: a read in progress fails soon, and so does every one after it. */
    public void abort() {
        deadline.abort();
    }

    /** Hands the decoder its next packet, or the end; false when it would not take it. */
    private boolean feed() throws VideoException {
        while (true) {
            int code = av_read_frame(format, packet);
            if (deadline.isAborted()) {
                throw new VideoException("reading " + address + " was aborted");
            }
            if (code == AVERROR_EOF()) {
                if (drained) {
                    throw new VideoException("the decoder of " + address + " does not end");
                }
                drained = true;
                return avcodec_send_packet(decoder, (AVPacket) null) >= 0;
            }
            if (code < 0) {
                throw deadline.hasPassed()
                        ? Trouble.noPictureFor(address, limits.reading())
                        : VideoException.because("cannot read " + address, code);
            }
            try {
                if (packet.stream_index() == streamIndex) {
                    return avcodec_send_packet(decoder, packet) >= 0;
                }
            } finally {
                av_packet_unref(packet);
            }
        }
    }

    private VideoPicture picture() throws VideoException {
        checkSize(frame.width(), frame.height());
        long tick = frame.best_effort_timestamp();
        if (firstTick == AV_NOPTS_VALUE) {
            firstTick = tick;
        }
        double micros = tick == AV_NOPTS_VALUE || firstTick == AV_NOPTS_VALUE
                ? pictures * 1e6 / (framesPerSecond > 0 ? framesPerSecond : 25)
                : (tick - firstTick) * microsPerTick;
        pictures++;
        RgbImage image = rotation.upright(converter.toRgb(frame));
        return new VideoPicture(image, Math.round(micros), (frame.flags() & AV_FRAME_FLAG_KEY) != 0);
    }

    private void openFormat() throws VideoException {
        AVInputFormat input = null;
        if (address.format().isPresent()) {
            input = av_find_input_format(address.format().get());
            if (input == null) {
                throw new VideoException("this build of FFmpeg cannot read "
                        + address.format().get() + " sources, which " + address + " needs");
            }
        }
        format = avformat_alloc_context();
        deadline.attachTo(format);
        deadline.in(limits.opening());
        AVDictionary options = new AVDictionary(null);
        try {
            address.options().forEach((key, value) -> av_dict_set(options, key, value, 0));
            int code = avformat_open_input(format, address.url(), input, options);
            if (code < 0) {
                format = null; // FFmpeg has freed it
                throw opening(code);
            }
        } finally {
            av_dict_free(options);
        }
        int code = avformat_find_stream_info(format, (PointerPointer<?>) null);
        if (code < 0) {
            throw opening(code);
        }
    }

    private VideoException opening(int code) {
        return deadline.hasPassed()
                ? Trouble.noAnswerWithin(address, limits.opening())
                : Trouble.opening(address, code);
    }

    private void openDecoder() throws VideoException {
        try (PointerPointer<AVCodec> found = new PointerPointer<>(1)) {
            streamIndex = LibAv.check(
                    av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, found, 0), "no video in " + address);
            AVCodec codec = found.get(AVCodec.class, 0);
            AVStream stream = format.streams(streamIndex);
            checkSize(stream.codecpar().width(), stream.codecpar().height());
            AVRational base = stream.time_base();
            microsPerTick = 1e6 * base.num() / base.den();
            AVRational rate = stream.avg_frame_rate();
            framesPerSecond = rate.den() == 0 ? 0 : (double) rate.num() / rate.den();
            rotation = Rotation.of(stream.codecpar());
            decoder = avcodec_alloc_context3(codec);
            LibAv.check(avcodec_parameters_to_context(decoder, stream.codecpar()), "cannot decode " + address);
            // One thread a source: cameras run side by side, and more threads would hold more pictures.
            decoder.thread_count(1);
            LibAv.check(avcodec_open2(decoder, codec, (PointerPointer<?>) null), "cannot decode " + address);
        }
        frame = av_frame_alloc();
        packet = av_packet_alloc();
    }

    private void checkSize(int width, int height) throws VideoException {
        if ((long) width * height > limits.maxPixels()) {
            throw new VideoException(address + " has pictures of " + width + " x " + height + " pixels, more than the "
                    + limits.maxPixels() + " allowed");
        }
    }

    /** May be called twice. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (packet != null) {
            av_packet_free(packet);
        }
        if (frame != null) {
            av_frame_free(frame);
        }
        if (decoder != null) {
            avcodec_free_context(decoder);
        }
        if (format != null) {
            avformat_close_input(format);
        }
        converter.close();
        deadline.close();
    }
}
