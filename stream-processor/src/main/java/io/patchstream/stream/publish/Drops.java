package io.patchstream.stream.publish;

import io.patchstream.schemas.Drop;
import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.FrameHead;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Frames that were left out on purpose, as the wire's records. */
public final class Drops {
    private Drops() {}

    /**
     * The record of one frame.
     *
     * @param ageMillis how old its record is
     * @param limit the rule that left it out
     */
    public static Drop drop(FrameHead head, SourcePosition source, DropReason reason, long ageMillis, String limit) {
        return new Drop(
                head.frameId(),
                head.cameraId(),
                head.sequence(),
                head.pictures(),
                Instant.EPOCH.plus(head.capturedAtMicros(), ChronoUnit.MICROS),
                io.patchstream.schemas.DropReason.valueOf(reason.name()),
                ageMillis,
                limit,
                source.topic(),
                source.partition(),
                source.offset());
    }
}
