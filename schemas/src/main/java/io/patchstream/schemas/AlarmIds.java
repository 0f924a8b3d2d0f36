package io.patchstream.schemas;

import static io.patchstream.schemas.PointIds.netstring;

import java.util.UUID;

/**
 * The ids of alarms: UUIDs of version 5 (RFC 9562, 5.5), so that a replay of the same frames gives the same ids and whoever
 * is told twice can see it.
 *
 * <p>The name that is hashed is seven netstrings, as in {@link PointIds}: rule, camera, kind, and of the picture that
 * decided the topic, partition and offset of its record and its number there.
 */
public final class AlarmIds {
    private static final UUID ALARMS = PointIds.version5(PointIds.NAMESPACE_URL, "urn:patchstream:alarm");

    private AlarmIds() {}

    /** The id of an alarm that {@code decided} raised or cleared. */
    public static UUID of(String rule, String camera, AlarmKind kind, AlarmPicture decided) {
        return PointIds.version5(
                ALARMS,
                netstring(rule)
                        + netstring(camera)
                        + netstring(kind.name())
                        + netstring(decided.getSourceTopic())
                        + netstring(Integer.toString(decided.getSourcePartition()))
                        + netstring(Long.toString(decided.getSourceOffset()))
                        + netstring(Integer.toString(decided.getPicture())));
    }
}
