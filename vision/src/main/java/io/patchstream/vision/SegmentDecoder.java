package io.patchstream.vision;

import static java.util.Objects.requireNonNull;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_close;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_init;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_parse2;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVCodecParserContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Decodes segments of H.264 or H.265 video, each a closed group of pictures: Annex B bytes, or an MP4, Matroska or MPEG-TS
 * file in memory. Every segment gets a decoder of its own, with one thread, so that nothing of the one before can show: the
 * same bytes give the same pixels. A segment with a damaged picture is refused as a whole.
 *
 * <p>Belongs to one thread; keeps the native memory of the largest segment and picture so far, until it is closed.
 */
public final class SegmentDecoder implements AutoCloseable {

    /** What is done with the pictures of a segment. */
    @FunctionalInterface
    interface Sink {
        /** Takes one picture, upright, which may be read until this returns. */
        void accept(PixelRows picture) throws UndecodableException;
    }

    /** What is done with the pictures of a segment. */
    @FunctionalInterface
    public interface Pictures {
        /** Takes one picture over, in the order in which they are shown. */
        void accept(RgbImage picture);
    }

    private final DecodeLimits limits;
    private final FrameRows rows = new FrameRows();
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private BytePointer encoded = new BytePointer(1 << 16);
    private boolean closed;

    @MustBeClosed
    public SegmentDecoder(DecodeLimits limits) {
        this.limits = requireNonNull(limits, "limits");
        // FFmpeg's log goes to standard error past every setting of ours; what matters comes back as an error code.
        av_log_set_level(AV_LOG_FATAL);
    }

    /**
     * Decodes all pictures of a segment.
     *
     * @param segment the encoded bytes from position to limit; position and limit stay
     * @param format how it is encoded; no still picture
     * @return how many pictures there were, at least 1
     * @throws UndecodableException at the first fault; pictures may have been handed out by then
     */
    public int decode(ByteBuffer segment, PictureFormat format, Pictures pictures) throws UndecodableException {
        return decodeRows(segment, format, picture -> pictures.accept(picture.copy()));
    }

    /** As {@link #decode}, but the pictures stay in native memory. */
    int decodeRows(ByteBuffer segment, PictureFormat format, Sink sink) throws UndecodableException {
        if (format.isStill()) {
            throw new IllegalArgumentException(format + " is no segment of video");
        }
        limits.checkBytes(segment.remaining());
        int pictures = switch (format) {
            case H264 -> decodeBytes(AV_CODEC_ID_H264, segment, sink);
            case H265 -> decodeBytes(AV_CODEC_ID_HEVC, segment, sink);
            case MP4 -> {
                Mp4Claims.check(segment);
                yield decodeFile("mov", segment, sink);
            }
            case MATROSKA -> {
                MatroskaClaims.check(segment);
                yield decodeFile("matroska", segment, sink);
            }
            case MPEG_TS -> {
                TsClaims.check(segment);
                yield decodeFile("mpegts", segment, sink);
            }
            default -> throw new IllegalArgumentException(format + " is no segment of video");
        };
        if (pictures == 0) {
            throw GroupDecoder.corrupt("it has no picture that can be decoded");
        }
        return pictures;
    }

    private int decodeBytes(int codecId, ByteBuffer segment, Sink sink) throws UndecodableException {
        int length = segment.remaining();
        copyIn(segment, length);
        AVCodecParserContext parser = av_parser_init(codecId);
        try (GroupDecoder decoder = new GroupDecoder(codecId, null, limits, frame, rows, sink);
                PointerPointer<BytePointer> unit = new PointerPointer<>(1);
                IntPointer unitSize = new IntPointer(1)) {
            int at = 0;
            boolean more = true;
            while (more) {
                more = at < length;
                BytePointer rest = more ? encoded.getPointer(at) : null;
                at += av_parser_parse2(
                        parser,
                        decoder.context(),
                        unit,
                        unitSize,
                        rest,
                        length - at,
                        AV_NOPTS_VALUE,
                        AV_NOPTS_VALUE,
                        0);
                if (unitSize.get() > 0) {
                    packet.data(unit.get(BytePointer.class, 0));
                    packet.size(unitSize.get());
                    decoder.decode(packet);
                    more = true;
                }
            }
            decoder.finish();
            return decoder.pictures();
        } finally {
            av_parser_close(parser);
            av_packet_unref(packet);
        }
    }

    private int decodeFile(String demuxer, ByteBuffer segment, Sink sink) throws UndecodableException {
        GroupDecoder decoder = null;
        try (SegmentContainer file = new SegmentContainer(demuxer, segment)) {
            for (AVStream stream = file.read(packet); stream != null; stream = file.read(packet)) {
                if (decoder == null) {
                    AVCodecParameters parameters = stream.codecpar();
                    limits.checkPixels(Math.max(parameters.height(), 1), Math.max(parameters.width(), 1));
                    decoder = new GroupDecoder(parameters.codec_id(), parameters, limits, frame, rows, sink);
                }
                decoder.decode(packet);
                av_packet_unref(packet);
            }
            if (decoder == null) {
                return 0;
            }
            decoder.finish();
            return decoder.pictures();
        } finally {
            av_packet_unref(packet);
            if (decoder != null) {
                decoder.close();
            }
        }
    }

    private void copyIn(ByteBuffer segment, int length) {
        if (encoded.capacity() < length + AV_INPUT_BUFFER_PADDING_SIZE) {
            encoded.close();
            encoded = new BytePointer(length + length / 2L + AV_INPUT_BUFFER_PADDING_SIZE);
        }
        ByteBuffer target = encoded.asByteBuffer();
        target.put(0, segment, segment.position(), length);
        for (int i = 0; i < AV_INPUT_BUFFER_PADDING_SIZE; i++) {
            target.put(length + i, (byte) 0);
        }
    }

    /** Frees the native memory. May be called twice. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        rows.close();
        encoded.close();
        av_frame_free(frame);
        av_packet_free(packet);
    }
}
