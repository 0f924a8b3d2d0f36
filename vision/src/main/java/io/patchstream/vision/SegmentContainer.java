package io.patchstream.vision;

import static org.bytedeco.ffmpeg.avformat.AVFormatContext.AVFMT_FLAG_CUSTOM_IO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_SEEKABLE_NORMAL;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.encoded.UndecodableException;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A container file in memory, read packet by packet. FFmpeg reads a buffer that holds it all, without callbacks into
 * Java: JavaCPP has room for ten of a kind in a process.
 */
final class SegmentContainer implements AutoCloseable {
    private BytePointer buffer;
    private AVIOContext io;
    private AVFormatContext format;

    /**
     * Opens a file in memory, which is copied.
     *
     * @param demuxer FFmpeg's name of the format; it is not guessed, so that no other demuxer can be reached
     */
    @MustBeClosed
    SegmentContainer(String demuxer, ByteBuffer file) throws UndecodableException {
        int length = file.remaining();
        try {
            buffer = new BytePointer(av_malloc(length + (long) AV_INPUT_BUFFER_PADDING_SIZE))
                    .capacity(length + (long) AV_INPUT_BUFFER_PADDING_SIZE);
            buffer.asByteBuffer().put(0, file, file.position(), length);
            io = avio_alloc_context(buffer, length, 0, null, null, null, null);
            io.buf_end(buffer.getPointer(length));
            io.pos(length);
            io.seekable(AVIO_SEEKABLE_NORMAL);
            format = avformat_alloc_context();
            format.pb(io);
            format.flags(format.flags() | AVFMT_FLAG_CUSTOM_IO);
            int code = avformat_open_input(format, "", av_find_input_format(demuxer), null);
            if (code < 0) {
                format = null; // FFmpeg has freed it.
                throw GroupDecoder.corrupt("its container cannot be read: " + GroupDecoder.explain(code));
            }
        } catch (UndecodableException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * The next packet of the first stream of video.
     *
     * @param packet is filled; the caller unreferences it
     * @return the packet's stream; null at the end
     */
    AVStream read(AVPacket packet) throws UndecodableException {
        while (true) {
            int code = av_read_frame(format, packet);
            if (code == AVERROR_EOF()) {
                return null;
            }
            if (code < 0) {
                throw GroupDecoder.corrupt("its container cannot be read: " + GroupDecoder.explain(code));
            }
            int video = firstVideo();
            if (packet.stream_index() == video) {
                return format.streams(video);
            }
            av_packet_unref(packet);
        }
    }

    private int firstVideo() {
        for (int i = 0; i < format.nb_streams(); i++) {
            AVStream stream = format.streams(i);
            if (stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO
                    && (stream.disposition() & AV_DISPOSITION_ATTACHED_PIC) == 0) {
                return i;
            }
        }
        return -1;
    }

    /** May be called twice. */
    @Override
    public void close() {
        if (format != null) {
            avformat_close_input(format);
            format = null;
        }
        if (io != null) {
            // FFmpeg may have put a buffer of its own in place of ours, and then has freed ours.
            BytePointer current = io.buffer();
            avio_context_free(new PointerPointer<>(1).put(0, io));
            io = null;
            av_free(current);
            buffer = null;
        } else if (buffer != null) {
            av_free(buffer);
            buffer = null;
        }
    }
}
