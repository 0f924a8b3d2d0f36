package io.patchstream.vision.video;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a source may take.
 *
 * @param opening how long until the first picture's stream is known
 * @param reading how long one picture may keep us waiting
 * @param maxPixels the largest picture that is decoded
 */
public record VideoLimits(Duration opening, Duration reading, long maxPixels) {
    public VideoLimits {
        requireNonNull(opening, "opening");
        requireNonNull(reading, "reading");
        if (opening.isNegative() || opening.isZero() || reading.isNegative() || reading.isZero() || maxPixels < 1) {
            throw new IllegalArgumentException("video limits must be positive: opening " + opening + ", reading "
                    + reading + ", " + maxPixels + " pixels");
        }
    }

    /** 10 s to open, 10 s for a picture, 64 Mpixels. */
    public static VideoLimits standard() {
        return new VideoLimits(Duration.ofSeconds(10), Duration.ofSeconds(10), 64_000_000);
    }
}
