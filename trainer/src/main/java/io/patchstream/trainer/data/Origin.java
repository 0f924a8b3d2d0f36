package io.patchstream.trainer.data;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * Where an example comes from, as far as anybody said: what must not be torn apart when data are divided.
 *
 * @param key names the example in its data set
 * @param group examples of one group stay together; empty for none
 * @param camera the camera or stream; empty when unknown
 * @param time when the picture was taken
 */
public record Origin(String key, String group, String camera, Optional<Instant> time) {
    public Origin {
        requireNonNull(key, "key");
        requireNonNull(group, "group");
        requireNonNull(camera, "camera");
        requireNonNull(time, "time");
    }

    /** Nothing is known but the name. */
    public static Origin of(String key) {
        return new Origin(key, "", "", Optional.empty());
    }
}
