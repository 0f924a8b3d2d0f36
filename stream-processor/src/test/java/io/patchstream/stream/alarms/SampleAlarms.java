package io.patchstream.stream.alarms;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.publish.Alarms;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Alarms as rules write them. */
final class SampleAlarms {
    private SampleAlarms() {}

    static AlarmPicture picture(long offset) {
        return new AlarmPicture(
                "frame-" + offset,
                0,
                Instant.parse("2026-11-23T12:00:00.123456Z"),
                "cat",
                0.75f,
                "model",
                "ab".repeat(32),
                "frames",
                0,
                offset);
    }

    static Alarm raised(String camera, long offset) {
        return Alarms.raised("visitor", camera, List.of(picture(offset - 1), picture(offset)));
    }

    static Alarm cleared(String camera, long raised, long offset) {
        return Alarms.cleared(
                "visitor", camera, List.of(picture(raised - 1), picture(raised)), Optional.of(picture(offset)));
    }
}
