package io.patchstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AlarmIdsTest {
    private static AlarmPicture picture(String topic, int partition, long offset, int picture) {
        return new AlarmPicture(
                "frame", picture, Instant.EPOCH, "cat", 0.9f, "model", "ab".repeat(32), topic, partition, offset);
    }

    @Test
    void shouldGiveWhatPythonsUuid5Gives() {
        assertThat(AlarmIds.of("visitor", "kamera-ü", AlarmKind.RAISED, picture("frames", 3, 9, 1)))
                .hasToString("391f9bbd-12bc-5aa2-858e-8982114bef71");
    }

    @Test
    void shouldTellApartWhateverDecides() {
        Set<UUID> ids = Stream.of(
                        AlarmIds.of("a", "door", AlarmKind.RAISED, picture("frames", 0, 11, 1)),
                        AlarmIds.of("b", "door", AlarmKind.RAISED, picture("frames", 0, 11, 1)),
                        AlarmIds.of("a", "gate", AlarmKind.RAISED, picture("frames", 0, 11, 1)),
                        AlarmIds.of("a", "door", AlarmKind.CLEARED, picture("frames", 0, 11, 1)),
                        AlarmIds.of("a", "door", AlarmKind.RAISED, picture("other", 0, 11, 1)),
                        AlarmIds.of("a", "door", AlarmKind.RAISED, picture("frames", 1, 11, 1)),
                        AlarmIds.of("a", "door", AlarmKind.RAISED, picture("frames", 0, 1, 11)),
                        AlarmIds.of("a", "door", AlarmKind.RAISED, picture("frames", 0, 11, 2)))
                .collect(Collectors.toSet());

        assertThat(ids).hasSize(8);
    }
}
