package io.patchstream.stream.index;

import java.time.Instant;
import java.util.Optional;

/**
 * Which points may be found; what is empty does not matter.
 *
 * @param camera of this camera
 * @param label with this label as the most probable
 * @param from taken at this time or later
 * @param to taken before this time
 */
public record PointFilter(
        Optional<String> camera, Optional<String> label, Optional<Instant> from, Optional<Instant> to) {
    /** All points. */
    public static final PointFilter ALL =
            new PointFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether {@code point} may be found. */
    public boolean takes(Point point) {
        return camera.map(point.camera()::equals).orElse(true)
                && label.map(point.label()::equals).orElse(true)
                && from.map(first -> !point.capturedAt().isBefore(first)).orElse(true)
                && to.map(end -> point.capturedAt().isBefore(end)).orElse(true);
    }
}
