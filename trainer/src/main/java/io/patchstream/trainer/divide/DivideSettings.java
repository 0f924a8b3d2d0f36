package io.patchstream.trainer.divide;

import java.time.Duration;

/**
 * When two examples belong together.
 *
 * @param hashBits in how many of 64 bits the hashes of twins may differ, 0 to 11
 * @param levels by how much their thumbnails may differ in the mean, of 255, brightness aside
 * @param gap frames of one camera that are this close in time, or linked by frames that are, stay together; zero: none
 */
public record DivideSettings(int hashBits, double levels, Duration gap) {
    public DivideSettings {
        if (hashBits < 0 || hashBits > TwinSearch.MOST_BITS) {
            throw new IllegalArgumentException(
                    "hash bits are " + hashBits + "; they must be 0 to " + TwinSearch.MOST_BITS);
        }
        if (!(levels >= 0)) {
            throw new IllegalArgumentException("levels are " + levels + "; they must be 0 or more");
        }
        if (gap.isNegative()) {
            throw new IllegalArgumentException("the gap is " + gap + "; it must not be negative");
        }
    }

    /** 6 bits, 4 levels, 5 seconds. */
    public static DivideSettings defaults() {
        return new DivideSettings(6, 4, Duration.ofSeconds(5));
    }
}
