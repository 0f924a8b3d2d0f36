package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.RgbImage;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacpp.PointerPointer;

/** Writes a clip: H.264 in MP4, without sound; the same bytes for the same pictures. Used by one thread. */
public final class ClipWriter implements AutoCloseable {
    private final Path file;
    private final int keyframeEvery;
    private final H264Encoder encoder;
    private AVFormatContext format;
    private AVStream stream;
    private long pictures;
    private boolean finished;

    /**
     * A clip in {@code file}, which is overwritten; the caller closes it.
     *
     * @param quantiser 1 (best) to 51
     * @param keyframeEvery pictures in a closed group
     */
    @MustBeClosed
    public ClipWriter(Path file, int width, int height, int framesPerSecond, int quantiser, int keyframeEvery)
            throws VideoException {
        this.file = file;
        this.keyframeEvery = keyframeEvery;
        this.encoder = new H264Encoder(width, height, framesPerSecond, quantiser, true);
        try {
            openFormat();
        } catch (VideoException | RuntimeException e) {
            free();
            throw e;
        }
    }

    private void openFormat() throws VideoException {
        format = new AVFormatContext(null);
        LibAv.check(avformat_alloc_output_context2(format, null, "mp4", file.toString()), "cannot write " + file);
        format.flags(format.flags() | AVFMT_FLAG_BITEXACT);
        stream = avformat_new_stream(format, null);
        LibAv.check(avcodec_parameters_from_context(stream.codecpar(), encoder.context()), "cannot write " + file);
        stream.time_base(encoder.context().time_base());
        stream.avg_frame_rate(encoder.context().framerate());
        AVIOContext io = new AVIOContext(null);
        LibAv.check(avio_open(io, file.toString(), AVIO_FLAG_WRITE), "cannot write " + file);
        format.pb(io);
        LibAv.check(avformat_write_header(format, (PointerPointer<?>) null), "cannot write " + file);
    }

    /** Appends a picture. */
    public void write(RgbImage picture) throws VideoException {
        encoder.encode(picture, pictures++ % keyframeEvery == 0, this::write);
    }

    private void write(AVPacket packet) throws VideoException {
        packet.stream_index(0);
        packet.duration(1);
        av_packet_rescale_ts(packet, encoder.context().time_base(), stream.time_base());
        LibAv.check(av_interleaved_write_frame(format, packet), "cannot write " + file);
    }

    /** Completes the file. May be called twice. */
    @Override
    public void close() throws VideoException {
        if (finished) {
            return;
        }
        finished = true;
        try {
            encoder.finish(this::write);
            LibAv.check(av_write_trailer(format), "cannot complete " + file);
        } finally {
            free();
        }
    }

    private void free() {
        if (format != null) {
            if (format.pb() != null) {
                avio_closep(format.pb());
            }
            avformat_free_context(format);
            format = null;
        }
        encoder.close();
    }
}
