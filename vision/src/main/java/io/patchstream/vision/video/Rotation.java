package io.patchstream.vision.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_get;

import io.patchstream.vision.RgbImage;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.javacpp.IntPointer;

/** How a video must be turned to stand upright: phones record lying down and say so in the file. */
enum Rotation {
    NONE,
    CLOCKWISE_90,
    HALF,
    CLOCKWISE_270;

    /** What the stream's display matrix asks for, to the nearest quarter. */
    static Rotation of(AVCodecParameters stream) {
        AVPacketSideData matrix = stream.nb_coded_side_data() == 0
                ? null
                : av_packet_side_data_get(
                        stream.coded_side_data(), stream.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.isNull() || matrix.size() < 36) {
            return NONE;
        }
        // FFmpeg's angle is counterclockwise, and NaN for a matrix that is none.
        double degrees = av_display_rotation_get(new IntPointer(matrix.data()));
        return Double.isNaN(degrees) ? NONE : values()[Math.floorMod(Math.round(-degrees / 90), 4)];
    }

    RgbImage upright(RgbImage lying) {
        if (this == NONE) {
            return lying;
        }
        int width = lying.width();
        int height = lying.height();
        boolean swaps = this != HALF;
        int newWidth = swaps ? height : width;
        int newHeight = swaps ? width : height;
        byte[] from = lying.pixels();
        byte[] to = new byte[from.length];
        for (int y = 0, i = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++, i += 3) {
                int source = switch (this) {
                    case CLOCKWISE_90 -> (height - 1 - x) * width + y;
                    case CLOCKWISE_270 -> x * width + width - 1 - y;
                    default -> (height - 1 - y) * width + width - 1 - x;
                };
                System.arraycopy(from, source * 3, to, i, 3);
            }
        }
        return new RgbImage(newHeight, newWidth, to);
    }
}
