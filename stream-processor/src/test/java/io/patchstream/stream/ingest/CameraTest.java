package io.patchstream.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.schemas.Frame;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CameraTest {
    private final FakeClock clock = new FakeClock();
    private final CollectedFrames published = new CollectedFrames();
    private Camera.Gate gate = () -> true;

    @Test
    void shouldSendAFileAtItsOwnSpeed() {
        Camera camera = camera(new FakeSource(false, 4, 0), false, true);

        camera.run();

        assertThat(published.sequences()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(capturedMillisApart()).containsExactly(100L, 100L, 100L);
        assertThat(camera.failure()).isEmpty();
    }

    @Test
    void shouldSendAFileAtOnceWhenUnpaced() {
        camera(new FakeSource(false, 4, 0), false, false).run();

        assertThat(published.frames).hasSize(4);
        assertThat(clock.sleeps).isEmpty();
    }

    @Test
    void shouldGoOnCountingAndKeepItsRhythmWhenAFileBeginsAgain() {
        FakeSource source = new FakeSource(false, 3, 0);
        Camera camera = camera(source, true, true);
        clock.stopAfter(8, camera);

        camera.run();

        assertThat(published.sequences()).startsWith(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(capturedMillisApart()).containsOnly(100L);
        assertThat(source.closed).isEqualTo(source.opened).isGreaterThan(2);
    }

    @Test
    void shouldNotSendABurstAfterFallingBehind() {
        AtomicInteger asked = new AtomicInteger();
        gate = () -> {
            if (asked.incrementAndGet() == 2) {
                clock.pass(Duration.ofSeconds(5));
            }
            return true;
        };
        camera(new FakeSource(false, 4, 0), false, true).run();

        assertThat(capturedMillisApart()).containsExactly(5000L, 100L, 100L);
    }

    @Test
    void shouldWaitForRoomWithAFile() {
        AtomicInteger asked = new AtomicInteger();
        gate = () -> asked.incrementAndGet() > 3;

        camera(new FakeSource(false, 2, 0), false, false).run();

        assertThat(published.frames).hasSize(2);
        assertThat(clock.sleeps).hasSize(3);
    }

    @Test
    void shouldSkipPicturesOfALiveSourceWithoutRoom() {
        AtomicInteger asked = new AtomicInteger();
        gate = () -> asked.incrementAndGet() % 2 == 0;
        Camera camera = camera(new FakeSource(true, 4, 0), false, true);
        clock.stopAfter(1, camera);

        camera.run();

        assertThat(published.sequences()).containsExactly(0L, 1L);
        assertThat(camera.counts().skipped()).isEqualTo(2);
    }

    @Test
    void shouldWaitTwiceAsLongAfterEachFailedConnection() {
        Camera camera = camera(new FakeSource(true, 1, 4), false, true);
        clock.stopAfter(5, camera);

        camera.run();

        // The random part is fixed at its middle: three quarters of the full wait. The fifth follows a picture.
        assertThat(clock.sleeps.stream().map(Duration::toMillis)).containsExactly(75L, 150L, 300L, 600L, 75L);
        assertThat(published.frames).hasSize(1);
        assertThat(camera.counts().reconnects()).isEqualTo(5);
        assertThat(camera.failure()).isEmpty();
    }

    @Test
    void shouldCloseWhatItOpensWhenAStreamBreaks() {
        FakeSource source = new FakeSource(true, 2, 0);
        Camera camera = camera(source, false, true);
        clock.stopAfter(3, camera);

        camera.run();

        assertThat(source.opened).isEqualTo(3);
        assertThat(source.closed).isEqualTo(3);
        assertThat(published.sequences()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldFailWhenAFileCannotBeRead() {
        Camera camera = camera(new FakeSource(false, 1, 1), true, true);

        camera.run();

        assertThat(camera.failure()).get().isInstanceOf(IOException.class);
    }

    @Test
    void shouldGiveAFileTheSameIdsEachTimeAndALiveSourceNever() {
        camera(new FakeSource(false, 2, 0), false, true).run();
        clock.pass(Duration.ofHours(1));
        camera(new FakeSource(false, 2, 0), false, true).run();
        List<String> stored = published.frames.stream().map(Frame::getFrameId).toList();

        assertThat(stored.subList(0, 2)).isEqualTo(stored.subList(2, 4)).doesNotHaveDuplicates();

        published.frames.clear();
        Camera live = camera(new FakeSource(true, 2, 0), false, true);
        clock.stopAfter(clock.sleeps.size() + 2, live);
        live.run();
        Camera again = camera(new FakeSource(true, 2, 0), false, true);
        clock.stopAfter(clock.sleeps.size() + 2, again);
        again.run();
        assertThat(published.frames.stream().map(Frame::getFrameId)).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void shouldLeaveOutWhatNoRecordTakes() {
        published.maxPayloadBytes = 0;
        Camera camera = camera(new FakeSource(false, 3, 0), false, true);

        camera.run();

        assertThat(published.frames).isEmpty();
        assertThat(camera.counts().tooLarge()).isEqualTo(3);
    }

    private Camera camera(FrameFeed.Source source, boolean loop, boolean paced) {
        return new Camera(
                new Camera.Habits("cam-1", loop, paced),
                source,
                published,
                () -> gate.isOpen(),
                clock,
                new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), () -> 0.5));
    }

    private List<Long> capturedMillisApart() {
        List<Long> apart = new java.util.ArrayList<>();
        for (int i = 1; i < published.frames.size(); i++) {
            apart.add(ChronoUnit.MILLIS.between(
                    published.frames.get(i - 1).getCapturedAt(),
                    published.frames.get(i).getCapturedAt()));
        }
        return apart;
    }
}
