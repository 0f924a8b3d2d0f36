package io.patchstream.stream.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PendingPicture;
import io.patchstream.stream.flight.PixelPool;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchLoopTest {
    private static final FrameSource SOURCE = new FrameSource("thread-1", "frames", 0);

    private final PixelPool pool = new PixelPool(3, 3000, 1);
    private final ServiceCurve curve = new ServiceCurve(8);
    private final DynamicBatcher batcher =
            new DynamicBatcher(8, new BatchPlanner(curve, Duration.ZERO, Duration.ZERO), System::nanoTime);
    private final FakeModel model = new FakeModel();
    private final Tenure tenure = new Tenure(0, model, List.of(new BatchMemory()), 8, System::nanoTime);
    private final BatchLoop.Tally tally = new BatchLoop.Tally();

    BatchLoopTest() {
        // The device is best at eight.
        curve.observe(1, 1_000_000);
        curve.observe(8, 1_000_000);
    }

    @AfterEach
    void shouldHaveGivenBackEverySlotAndRunner() {
        assertThat(pool.leased()).isZero();
        assertThat(model.open()).isZero();
    }

    @Test
    void shouldAnswerEachPictureWithItsOwnLabel() throws Exception {
        List<PendingFrame> frames = offer(1, 2, 3);
        runUntilEmpty();
        assertThat(labels(frames)).containsExactly("1", "2", "3");
        assertThat(tally.pictures()).isEqualTo(3);
        assertThat(tally.batches()).isEqualTo(1);
    }

    @Test
    void shouldHalveUntilItFitsWhenMemoryRunsOutAndRejectNobody() throws Exception {
        model.withMemoryFor(2);
        List<PendingFrame> frames = offer(1, 2, 3, 4, 5, 6, 7, 8);
        runUntilEmpty();
        assertThat(labels(frames)).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(model.sizes()).containsExactly(2, 2, 2, 2);
        assertThat(batcher.limit()).isEqualTo(2);
    }

    @Test
    void shouldRejectThePoisonousFrameAndAnswerItsNeighbours() throws Exception {
        List<PendingFrame> frames = offer(1, 2, FakeModel.POISON, 4, 5);
        runUntilEmpty();
        assertThat(labels(frames)).containsExactly("1", "2", "POISON", "4", "5");
        assertThat(model.generation()).isZero();
    }

    @Test
    void shouldRejectAFrameWithoutNumbersAndAnswerItsNeighbours() throws Exception {
        List<PendingFrame> frames = offer(1, FakeModel.NOT_A_NUMBER, 3);
        runUntilEmpty();
        assertThat(labels(frames)).containsExactly("1", "NOT_FINITE", "3");
        assertThat(model.sizes()).containsExactly(3);
    }

    @Test
    void shouldRecoverADeviceAndRejectNobody() throws Exception {
        model.breakDown(1);
        List<PendingFrame> frames = offer(1, 2, FakeModel.POISON);
        runUntilEmpty();
        assertThat(labels(frames)).containsExactly("1", "2", "POISON");
        assertThat(model.generation()).isEqualTo(1);
    }

    @Test
    void shouldStopAndRejectNobodyWhenTheDeviceCannotBeRecovered() throws Exception {
        model.breakDown(0);
        List<PendingFrame> frames = offer(1, 2);
        assertThatThrownBy(this::runUntilEmpty)
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("device lost");
        assertThat(frames).noneMatch(PendingFrame::isDone);
    }

    @Test
    void shouldStopAndRejectNobodyWhenThereIsNoMemoryForOnePicture() throws Exception {
        model.withMemoryFor(0);
        List<PendingFrame> frames = offer(1, 2);
        assertThatThrownBy(this::runUntilEmpty)
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("no memory for one picture");
        assertThat(frames).noneMatch(PendingFrame::isDone);
    }

    /** As an infer thread does, on this thread. */
    private void runUntilEmpty() throws InterruptedException {
        BatchLoop loop = new BatchLoop(batcher, curve, 0, tally);
        try (tenure) {
            while (pool.leased() > 0) {
                loop.step();
            }
        }
    }

    private static List<String> labels(List<PendingFrame> frames) throws Exception {
        List<String> labels = new ArrayList<>();
        for (PendingFrame frame : frames) {
            FrameOutcome outcome = frame.await(1);
            labels.add(outcome.fold(
                    c -> Integer.toString(c.pictures().get(0).topK().get(0).index()),
                    FrameOutcome.Rejected::code,
                    d -> d.reason().name()));
        }
        return labels;
    }

    @SuppressWarnings("MustBeClosedChecker") // The picture owns the slot, and the batcher the picture.
    private List<PendingFrame> offer(int... values) throws Exception {
        List<PendingFrame> frames = new ArrayList<>();
        for (int value : values) {
            PendingFrame frame = new PendingFrame(
                    FrameRequest.of(
                            SOURCE,
                            () -> new EncodedFrame(
                                    new FrameHead("f" + value, "camera", 0, 0, 1, Map.of()),
                                    EncodedFrame.Encoding.UNKNOWN,
                                    ByteBuffer.allocate(0))),
                    System::nanoTime);
            frame.read();
            PixelPool.Slot slot = pool.lease();
            slot.pixels().put(0, (byte) value);
            batcher.offer(new PendingPicture(frame, 0, slot, tenure));
            frame.decoded(1);
            frames.add(frame);
        }
        return frames;
    }
}
