package io.patchstream.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadTest {
    private static final String TOPIC = "patchstream.frames";

    private long millis = 1_000_000;
    private long nanos = 500;

    private Overload overload(Map<String, String> settings) {
        return new Overload(Settings.of(settings).input(), () -> millis, () -> nanos);
    }

    /** A ticket that notes what it was dropped for. */
    private static final class Ticket implements FrameTicket {
        private DropReason dropped;
        private boolean done;

        @Override
        public FrameSource source() {
            return new FrameSource("thread", TOPIC, 0);
        }

        @Override
        public boolean isDone() {
            return done || dropped != null;
        }

        @Override
        public boolean drop(DropReason reason) {
            dropped = reason;
            return true;
        }
    }

    @Test
    void shouldNeverDropWhereEventsBlock() {
        Overload overload = overload(Map.of());

        assertThat(overload.isLate(TOPIC, 0)).isFalse();
        assertThat(overload.deadlineNanos(TOPIC, 0)).isEqualTo(FrameRequest.NO_DEADLINE);
        List<Ticket> tickets = submit(overload, "door", 100);
        assertThat(tickets).allMatch(ticket -> ticket.dropped == null);
    }

    @Test
    void shouldSetTheDeadlineByTheRecordsAge() {
        Overload overload = overload(Map.of("input.overload", "drop-late", "input.max.age", "300ms"));

        assertThat(overload.deadlineNanos(TOPIC, millis - 100)).isEqualTo(nanos + 200_000_000);
        assertThat(overload.isLate(TOPIC, millis - 300)).isFalse();
        assertThat(overload.isLate(TOPIC, millis - 301)).isTrue();
        // A sender whose clock is ahead loses nothing.
        assertThat(overload.isLate(TOPIC, millis + 5_000)).isFalse();
    }

    @Test
    void shouldKeepTheNewestOfEachCamera() {
        Overload overload = overload(Map.of("input.overload", "drop-oldest", "input.backlog", "3"));

        List<Ticket> door = submit(overload, "door", 5);
        List<Ticket> yard = submit(overload, "yard", 2);

        assertThat(door)
                .extracting(ticket -> ticket.dropped)
                .containsExactly(DropReason.BACKLOG, DropReason.BACKLOG, null, null, null);
        assertThat(yard).allMatch(ticket -> ticket.dropped == null);
    }

    @Test
    void shouldCountOnlyWhatIsUnderWay() {
        Overload overload = overload(Map.of("input.overload", "drop-oldest", "input.backlog", "2"));
        List<Ticket> first = submit(overload, "door", 2);
        first.forEach(ticket -> ticket.done = true);

        List<Ticket> next = submit(overload, "door", 2);

        assertThat(first).allMatch(ticket -> ticket.dropped == null);
        assertThat(next).allMatch(ticket -> ticket.dropped == null);
    }

    @Test
    void shouldTakeATopicsOwnPolicy() {
        Overload overload = overload(Map.of(
                "input.topics", "doors,yards",
                "input.overload", "drop-late",
                "input.overload.topics", "doors:block"));

        assertThat(overload.isLate("doors", 0)).isFalse();
        assertThat(overload.isLate("yards", 0)).isTrue();
    }

    private static List<Ticket> submit(Overload overload, String camera, int count) {
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Ticket ticket = new Ticket();
            overload.submitted(TOPIC, camera, ticket);
            tickets.add(ticket);
        }
        return tickets;
    }
}
