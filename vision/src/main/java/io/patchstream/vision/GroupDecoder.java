package io.patchstream.vision;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_CRCCHECK;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_close;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_init;
import static org.bytedeco.ffmpeg.global.avcodec.av_parser_parse2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.encoded.UndecodableException.Code;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVCodecParserContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** The decoder of one group of pictures: access units in, pictures out. Lives as long as the group. */
final class GroupDecoder implements AutoCloseable {
    private final DecodeLimits limits;
    private final AVFrame frame;
    private final FrameRows rows;
    private final SegmentDecoder.Sink sink;
    // Reads the headers of whole access units.
    private final PointerPointer<BytePointer> parsed = new PointerPointer<>(1);
    private final IntPointer parsedSize = new IntPointer(1);
    private AVCodecParserContext parser;
    private AVCodecContext context;
    private boolean begun;
    private int pictures;

    /**
     * A decoder for one group.
     *
     * @param parameters what the container says of the stream; null when there is no container
     * @param frame lent for the decoder's life
     * @param rows lent for the decoder's life
     */
    GroupDecoder(
            int codecId,
            AVCodecParameters parameters,
            DecodeLimits limits,
            AVFrame frame,
            FrameRows rows,
            SegmentDecoder.Sink sink)
            throws UndecodableException {
        if (codecId != AV_CODEC_ID_H264 && codecId != AV_CODEC_ID_HEVC) {
            throw new UndecodableException(
                    Code.UNSUPPORTED, "the segment's video is neither H.264 nor H.265: send one of these");
        }
        this.limits = limits;
        this.frame = frame;
        this.rows = rows;
        this.sink = sink;
        AVCodec codec = avcodec_find_decoder(codecId);
        context = avcodec_alloc_context3(codec);
        if (parameters != null) {
            avcodec_parameters_to_context(context, parameters);
        }
        context.thread_count(1);
        context.max_pixels(limits.maxPixels());
        // Damage ends the decoding, as far as the codec can see it; H.265's picture hashes are checked where there are
        // any.
        context.err_recognition(AV_EF_EXPLODE | AV_EF_CRCCHECK);
        int code = avcodec_open2(context, codec, (PointerPointer<?>) null);
        if (code < 0) {
            close();
            throw corrupt("its parameters are refused: " + explain(code));
        }
        parser = av_parser_init(codecId);
        parser.flags(parser.flags() | AVCodecParserContext.PARSER_FLAG_COMPLETE_FRAMES);
    }

    /** The codec's state, for a parser that splits its stream. */
    AVCodecContext context() {
        return context;
    }

    /** Pictures handed out so far. */
    int pictures() {
        return pictures;
    }

    /** Decodes one access unit and hands out the pictures that are complete with it. */
    void decode(AVPacket unit) throws UndecodableException {
        inspect(unit);
        int code = avcodec_send_packet(context, unit);
        while (code == AVERROR_EAGAIN()) {
            receive();
            code = avcodec_send_packet(context, unit);
        }
        if (code < 0) {
            throw corrupt(explain(code));
        }
        receive();
    }

    /** Hands out the pictures that the decoder still holds. */
    void finish() throws UndecodableException {
        avcodec_send_packet(context, (AVPacket) null);
        receive();
    }

    private void receive() throws UndecodableException {
        while (true) {
            int code = avcodec_receive_frame(context, frame);
            if (code == AVERROR_EAGAIN() || code == AVERROR_EOF()) {
                return;
            }
            if (code < 0) {
                throw corrupt(explain(code));
            }
            try {
                // A decoder paints over what it cannot decode; a label of that would be a made-up answer.
                if (frame.decode_error_flags() != 0 || (frame.flags() & AV_FRAME_FLAG_CORRUPT) != 0) {
                    throw corrupt("picture " + pictures + " is damaged");
                }
                limits.checkPixels(frame.height(), frame.width());
                limits.checkPictures(++pictures);
                sink.accept(rows.of(frame));
            } finally {
                av_frame_unref(frame);
            }
        }
    }

    /**
     * A picture's size, and the first one's kind, from its headers, before the decoder takes memory for it: H.265's takes
     * some for a picture of 256 megapixels before it refuses that itself.
     */
    private void inspect(AVPacket unit) throws UndecodableException {
        av_parser_parse2(
                parser, context, parsed, parsedSize, unit.data(), unit.size(), AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
        if (parser.width() > 0 && parser.height() > 0) {
            limits.checkPixels(parser.height(), parser.width());
        }
        if (!begun && parser.key_frame() != 1) {
            throw new UndecodableException(
                    Code.NO_KEYFRAME,
                    "the segment does not begin with a keyframe and its parameter sets: cut it at keyframes, one "
                            + "closed group of pictures a record");
        }
        begun = true;
    }

    static UndecodableException corrupt(String what) {
        return new UndecodableException(Code.CORRUPT, "the segment is corrupt: " + what);
    }

    /** What FFmpeg says of an error code. */
    static String explain(int code) {
        byte[] text = new byte[256];
        av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** May be called twice. */
    @Override
    public void close() {
        if (context != null) {
            av_parser_close(parser);
            parsed.close();
            parsedSize.close();
            avcodec_free_context(context);
            context = null;
        }
    }
}
