package io.patchstream.stream.desk;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.stream.page.AlarmBook.Bell;
import io.patchstream.stream.page.AlarmBook.Content;
import io.patchstream.stream.page.AlarmBook.State;
import io.patchstream.stream.publish.Alarms;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlarmListTest {
    private final AlarmList list = new AlarmList("alarms");

    private static AlarmPicture picture(long offset) {
        return new AlarmPicture(
                "frame-" + offset,
                0,
                Instant.ofEpochMilli(1000 * offset),
                "cat",
                0.75f,
                "model",
                "ab".repeat(32),
                "frames",
                0,
                offset);
    }

    private static Alarm raised(String camera, long offset) {
        return Alarms.raised("visitor", camera, List.of(picture(offset - 1), picture(offset)));
    }

    private static Alarm cleared(String camera, long raised, Optional<AlarmPicture> by) {
        return Alarms.cleared("visitor", camera, List.of(picture(raised - 1), picture(raised)), by);
    }

    private Content content() {
        return list.content(State.KNOWN, "");
    }

    @Test
    void shouldHoldWhatIsOnAndWhatWasClearedEachTheNewestFirst() {
        list.enter(raised("door", 2), 2000);
        list.enter(raised("yard", 3), 3000);
        list.enter(raised("gate", 4), 4000);
        list.enter(cleared("door", 2, Optional.of(picture(7))), 7000);
        list.enter(cleared("gate", 4, Optional.empty()), 8000);

        assertThat(content().on())
                .containsExactly(new Bell(
                        raised("yard", 3).getId(), "visitor", "yard", "cat", 0.75f, 3000, "frames-0-3", null, false));
        assertThat(content().cleared())
                .extracting(Bell::camera, Bell::raisedAtMillis, Bell::clearedAtMillis, Bell::isRuleGone)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("gate", 4000L, 8000L, true),
                        org.assertj.core.groups.Tuple.tuple("door", 2000L, 7000L, false));
        assertThat(list.raisedBy(raised("gate", 4).getId())).contains(picture(4));
    }

    /** Two partitions are read in no order, and a topic that is read again begins anew. */
    @Test
    void shouldNotRaiseAgainWhatItKnowsToBeCleared() {
        list.enter(cleared("door", 2, Optional.of(picture(7))), 7000);
        list.enter(raised("door", 2), 2000);
        list.enter(cleared("door", 2, Optional.of(picture(7))), 7000);

        assertThat(content().on()).isEmpty();
        assertThat(content().cleared()).hasSize(1);
    }

    @Test
    void shouldKeepTheLastThatWereClearedWhateverTheOrderOfReading() {
        for (int i = 40; i >= 1; i--) {
            list.enter(cleared("camera-" + i, i, Optional.of(picture(100 + i))), 1);
        }

        assertThat(content().cleared()).hasSize(20);
        assertThat(content().cleared().get(0).camera()).isEqualTo("camera-40");
        assertThat(content().cleared().get(19).camera()).isEqualTo("camera-21");
    }

    @Test
    void shouldShowSoManyAndCountTheRest() {
        for (int i = 1; i <= 130; i++) {
            list.enter(raised("camera-" + i, i), 1000L * i);
        }
        for (int i = 101; i <= 130; i++) {
            list.enter(cleared("camera-" + i, i, Optional.of(picture(200))), 200_000);
        }
        assertThat(content().hidden()).isZero();
        assertThat(content().on()).hasSize(100);
        assertThat(content().cleared()).hasSize(20);
        list.enter(raised("another", 300), 300_000);
        assertThat(content().hidden()).isEqualTo(1);
        assertThat(content().on().get(0).camera()).isEqualTo("another");
    }
}
