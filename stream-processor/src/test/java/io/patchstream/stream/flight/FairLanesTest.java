package io.patchstream.stream.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.RejectedFrameException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FairLanesTest {
    private static final FrameSource A = new FrameSource("thread-1", "frames", 0);
    private static final FrameSource B = new FrameSource("thread-1", "frames", 1);

    private final FairLanes<PendingFrame> lanes = new FairLanes<>(Function.identity(), new Turns());

    @Test
    void shouldServeSourcesInTurnHoweverManyOneHasQueued() {
        List<PendingFrame> a = add(A, 3);
        List<PendingFrame> b = add(B, 2);

        assertThat(drain()).containsExactly(a.get(0), b.get(0), a.get(1), b.get(1), a.get(2));
    }

    @Test
    void shouldServeFirstWhatWasPromoted() {
        List<PendingFrame> a = add(A, 3);
        List<PendingFrame> b = add(B, 1);

        a.get(2).promote();
        lanes.promote(a.get(2));

        assertThat(drain()).containsExactly(a.get(2), a.get(0), b.get(0), a.get(1));
    }

    @Test
    void shouldQueueInTheExpressLaneWhatWasPromotedBefore() {
        List<PendingFrame> a = add(A, 1);
        PendingFrame awaited = frame(B);
        awaited.promote();

        lanes.add(awaited);

        assertThat(drain()).containsExactly(awaited, a.get(0));
    }

    @Test
    void shouldRemoveASourceFromItsLaneAndTheExpressLane() {
        List<PendingFrame> a = add(A, 2);
        List<PendingFrame> b = add(B, 1);
        a.get(1).promote();
        lanes.promote(a.get(1));

        List<PendingFrame> removed = lanes.remove(A);

        assertThat(removed).containsExactlyInAnyOrderElementsOf(a);
        assertThat(lanes.size()).isEqualTo(1);
        assertThat(drain()).containsExactlyElementsOf(b);
    }

    @Test
    void shouldCountWhatItHolds() {
        add(A, 2);
        add(B, 1);
        lanes.poll();
        assertThat(lanes.size()).isEqualTo(2);
        assertThat(lanes.clear()).hasSize(2);
        assertThat(lanes.size()).isZero();
        assertThat(lanes.poll()).isNull();
    }

    private List<PendingFrame> add(FrameSource source, int count) {
        List<PendingFrame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PendingFrame frame = frame(source);
            frames.add(frame);
            lanes.add(frame);
        }
        return frames;
    }

    private List<PendingFrame> drain() {
        List<PendingFrame> drained = new ArrayList<>();
        for (PendingFrame frame = lanes.poll(); frame != null; frame = lanes.poll()) {
            drained.add(frame);
        }
        return drained;
    }

    @Test
    void shouldBeFairBetweenTheCamerasOfOneSource() {
        FrameSource source = new FrameSource("thread", "frames", 0);
        for (int i = 0; i < 50; i++) {
            lanes.add(frame(source, "flooding"));
        }
        PendingFrame quiet = frame(source, "quiet");
        lanes.add(quiet);

        lanes.poll();

        assertThat(lanes.poll()).isSameAs(quiet);
        assertThat(lanes.remove(source)).hasSize(49);
        assertThat(lanes.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 10, 15})
    void shouldServeAlikeCamerasThatAlwaysSendTogetherThoughOnlySomeAreInTime(int inTime) {
        Map<String, Integer> answered = new TreeMap<>();
        for (int round = 0; round < 160; round++) {
            for (int camera = 0; camera < 16; camera++) {
                lanes.add(frame(A, "camera-" + camera));
            }
            int place = 0;
            for (PendingFrame frame = lanes.poll(); frame != null; frame = lanes.poll()) {
                if (place++ < inTime) {
                    answered.merge(frame.camera(), 1, Integer::sum);
                } else {
                    lanes.missed(frame);
                }
            }
        }
        assertThat(answered).hasSize(16);
        assertThat(answered.values()).allMatch(times -> times == 10 * inTime);
    }

    @Test
    void shouldGiveALaneItsTurnAgainWhenWhatCameWasTooLate() {
        List<PendingFrame> a = add(A, 3);
        List<PendingFrame> b = add(B, 2);

        assertThat(lanes.poll()).isSameAs(a.get(0));
        lanes.missed(a.get(0));

        assertThat(drain()).containsExactly(a.get(1), b.get(0), a.get(2), b.get(1));
    }

    @Test
    void shouldNotLetNewcomersCrowdOutOneThatWaits() {
        PendingFrame known = frame(A, "known");
        lanes.add(known);
        lanes.poll();
        lanes.add(frame(A, "known"));
        for (int i = 0; i < 5; i++) {
            lanes.add(frame(A, "new-" + i));
        }
        assertThat(drain().get(0).camera()).isEqualTo("known");
    }

    @Test
    void shouldForgetTheCameraThatWasSeenLongestAgo() {
        PendingFrame first = frame(A, "first");
        lanes.add(first);
        lanes.poll();
        for (int i = 0; i < 4096; i++) {
            lanes.add(frame(A, "once-" + i));
            lanes.poll();
        }
        lanes.add(frame(A, "once-1000"));
        PendingFrame again = frame(A, "first");
        lanes.add(again);
        assertThat(drain()).last().isSameAs(again);
    }

    private static PendingFrame frame(FrameSource source) {
        return frame(source, "");
    }

    private static PendingFrame frame(FrameSource source, String camera) {
        return new PendingFrame(
                new FrameRequest(source, camera, FrameRequest.NO_DEADLINE, () -> {
                    throw new RejectedFrameException(
                            new io.patchstream.stream.frame.FrameOutcome.Rejected(
                                    io.patchstream.stream.frame.Stage.READ, "X", "x"),
                            null);
                }),
                System::nanoTime);
    }
}
