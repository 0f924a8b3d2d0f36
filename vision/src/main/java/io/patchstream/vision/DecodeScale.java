package io.patchstream.vision;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.encoded.ImageHeader;
import io.patchstream.vision.encoded.ImageHeader.Samples;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.model.Preprocessing;

/**
 * How much of a JPEG's resolution is decoded: a reduced inverse DCT is cheaper, and no longer what the contract says. All
 * but {@link #FULL} differ from it by a stated, measured amount: less than 0.5 grey levels on average for a photograph at
 * half scale, about 2 at a quarter. Other formats are always decoded in full.
 */
public enum DecodeScale {
    FULL(1),
    HALF(2),
    QUARTER(4),
    EIGHTH(8),
    /** The strongest reduction that leaves at least as many pixels as the model's input is resized from. */
    AUTO(8);

    private final int divisor;

    DecodeScale(int divisor) {
        this.divisor = divisor;
    }

    /** By what the sides of this picture are divided when it is decoded for this preprocessing: 1, 2, 4 or 8. */
    int divisor(ImageHeader header, Preprocessing preprocessing) {
        requireNonNull(preprocessing, "preprocessing");
        if (header.format() != PictureFormat.JPEG || header.samples() != Samples.ORDINARY) {
            return 1;
        }
        if (this != AUTO) {
            return divisor;
        }
        boolean swap = header.orientation().swapsSides();
        int height = swap ? header.width() : header.height();
        int width = swap ? header.height() : header.width();
        Framing framing = Framing.of(preprocessing, height, width);
        int largest = divisor;
        while (largest > 1
                && (reduced(height, largest) < framing.height() || reduced(width, largest) < framing.width())) {
            largest /= 2;
        }
        return largest;
    }

    /** A side's length after reduction, as libjpeg rounds it. */
    static int reduced(int side, int divisor) {
        return (side + divisor - 1) / divisor;
    }
}
