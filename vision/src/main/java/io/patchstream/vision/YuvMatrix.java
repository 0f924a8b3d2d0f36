package io.patchstream.vision;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;

/**
 * From luma and chroma to RGB, in integers: {@code (luma * y + weights * chroma + constant) >> 16}. The same on every
 * machine.
 *
 * @param luma the weight of luma in every colour
 * @param redCr the weight of Cr in red
 * @param greenCb the weight of Cb in green
 * @param greenCr the weight of Cr in green
 * @param blueCb the weight of Cb in blue
 * @param black the luma of black
 */
record YuvMatrix(int luma, int redCr, int greenCb, int greenCr, int blueCb, int black) {
    static final int BITS = 16;

    /**
     * The matrix of a colour space.
     *
     * @param colourSpace FFmpeg's {@code AVCOL_SPC_*}; BT.601 for those that are not known
     * @param fullRange whether 0 to 255 are used; else luma is 16 to 235 and chroma 16 to 240
     */
    static YuvMatrix of(int colourSpace, boolean fullRange) {
        if (colourSpace == AVCOL_SPC_BT709) {
            return of(0.2126, 0.0722, fullRange);
        }
        if (colourSpace == AVCOL_SPC_BT2020_NCL) {
            return of(0.2627, 0.0593, fullRange);
        }
        if (colourSpace == AVCOL_SPC_SMPTE240M) {
            return of(0.212, 0.087, fullRange);
        }
        return colourSpace == AVCOL_SPC_FCC ? of(0.30, 0.11, fullRange) : of(0.299, 0.114, fullRange);
    }

    private static YuvMatrix of(double red, double blue, boolean fullRange) {
        double green = 1 - red - blue;
        double lumaScale = fullRange ? 1 : 255.0 / 219;
        double chromaScale = fullRange ? 1 : 255.0 / 224;
        return new YuvMatrix(
                fixed(lumaScale),
                fixed(2 * (1 - red) * chromaScale),
                fixed(-2 * (1 - blue) * blue / green * chromaScale),
                fixed(-2 * (1 - red) * red / green * chromaScale),
                fixed(2 * (1 - blue) * chromaScale),
                fullRange ? 0 : 16);
    }

    private static int fixed(double weight) {
        return (int) Math.rint(weight * (1 << BITS));
    }

    /** What is added to every sum for a colour with these weights of Cb and Cr: rounding, black and the chroma's zero. */
    int constant(int cb, int cr) {
        return (1 << (BITS - 1)) - luma * black - 128 * (cb + cr);
    }
}
