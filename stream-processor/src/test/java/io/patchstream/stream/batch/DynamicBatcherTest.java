package io.patchstream.stream.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PendingPicture;
import io.patchstream.stream.flight.PixelPool;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DynamicBatcherTest {
    private static final FrameSource A = new FrameSource("thread-1", "frames", 0);
    private static final FrameSource B = new FrameSource("thread-2", "frames", 1);
    private static final long MILLI = 1_000_000;

    private final PixelPool pool = new PixelPool(3, 3000, 1);
    private Tenure tenure = new Tenure(0, new FakeModel(), List.of(), 8, System::nanoTime);
    private long now = 0;
    private final DynamicBatcher batcher = new DynamicBatcher(
            8, new BatchPlanner(new ServiceCurve(8), Duration.ofMillis(4), Duration.ZERO), () -> now);

    @AfterEach
    void shouldHaveGivenBackEverySlotWhenItCloses() {
        batcher.close();
        assertThat(pool.leased()).isZero();
    }

    @Test
    void shouldDispatchAFullBatchAtOnceThoughMoreIsOnItsWay() throws Exception {
        offerUndecided(A, 4);
        assertThat(take(4)).hasSize(4);
    }

    @Test
    void shouldHoldASmallBatchWhileMoreIsOnItsWay() throws Exception {
        offerUndecided(A, 2);
        assertThat(take(4)).isEmpty();
    }

    @Test
    void shouldDispatchASmallBatchWhenItsOldestHasWaitedLongEnough() throws Exception {
        offerUndecided(A, 1);
        now += 3 * MILLI;
        offerUndecided(A, 1);
        assertThat(take(4)).isEmpty();
        now += MILLI;
        assertThat(take(4)).hasSize(2);
    }

    @Test
    void shouldDispatchAtOnceOnAnIdleDeviceWhenNothingIsOnItsWay() throws Exception {
        offerUndecided(A, 1);
        batcher.settled();
        assertThat(take(4)).hasSize(1);
    }

    @Test
    void shouldHoldASmallBatchWhileAnotherRunsAndSomebodyMaySubmit() throws Exception {
        occupyDevice();
        offerUndecided(B, 1);
        batcher.settled();
        batcher.waiting(A.owner());
        assertThat(take(4)).isEmpty();
    }

    @Test
    void shouldDispatchWhenEveryoneWaitsThoughTheDeviceIsBusy() throws Exception {
        occupyDevice();
        offerUndecided(B, 1);
        batcher.settled();
        batcher.waiting(A.owner());
        batcher.waiting(B.owner());
        assertThat(take(4)).hasSize(1);
    }

    @Test
    void shouldNotCountAnOwnerWhoseSourcesAreClosed() throws Exception {
        occupyDevice();
        offerUndecided(B, 1);
        batcher.settled();
        batcher.waiting(B.owner());
        batcher.cancel(A);
        assertThat(take(4)).hasSize(1);
    }

    @Test
    void shouldServeSourcesInTurn() throws Exception {
        PendingPicture a1 = offer(A);
        PendingPicture a2 = offer(A);
        PendingPicture b1 = offer(B);
        assertThat(take(2)).containsExactly(a1, b1);
        assertThat(take(1)).containsExactly(a2);
    }

    @Test
    void shouldServeBeforeOthersTheCameraWhoseFrameWasTooLate() throws Exception {
        offer(A, "first", 100 * MILLI);
        offer(A, "second", MILLI);
        now = 2 * MILLI;
        assertThat(take(2)).hasSize(1);

        PendingPicture first = offer(A, "first", 100 * MILLI);
        PendingPicture second = offer(A, "second", 100 * MILLI);
        assertThat(take(1)).containsExactly(second);
        assertThat(take(1)).containsExactly(first);
    }

    @Test
    void shouldCountSizesWaitsAndShares() throws Exception {
        offer(A, "gate");
        offer(A, "gate");
        offer(B, "yard");
        now += 2 * MILLI;
        assertThat(take(2)).hasSize(2);
        now += MILLI;
        assertThat(take(1)).hasSize(1);
        offer(B, "yard");
        BatchingStatistics statistics = batcher.statistics(List.of());
        assertThat(statistics.sizes()).isEqualTo(Map.of(1, 1L, 2, 1L));
        assertThat(statistics.waiting()).isEqualTo(1);
        assertThat(statistics.waitedSeconds()).isEqualTo(0.007);
        assertThat(statistics.shares()).isEqualTo(Map.of("gate", 2L, "yard", 1L));
        assertThat(statistics.limit()).isEqualTo(8);
    }

    @Test
    void shouldServeFirstWhatIsWaitedFor() throws Exception {
        PendingPicture a1 = offer(A);
        PendingPicture b1 = offer(B);
        PendingPicture b2 = offer(B);
        b2.frame().promote();
        batcher.promote(b2.frame());
        assertThat(take(3)).containsExactly(b2, a1, b1);
    }

    @Test
    void shouldForgetWhatAClosedSourceHasQueued() throws Exception {
        offer(A);
        PendingPicture b = offer(B);
        batcher.cancel(A);
        assertThat(take(1)).containsExactly(b);
        assertThat(take(1)).isEmpty();
        assertThat(pool.leased()).isZero();
    }

    @Test
    void shouldSkipPicturesOfFramesThatAreOver() throws Exception {
        PendingPicture over = offer(A);
        PendingPicture good = offer(B);
        over.frame().cancel();
        assertThat(take(2)).containsExactly(good);
        assertThat(pool.leased()).isZero();
    }

    @Test
    void shouldGrowBackSlowlyAfterItWasShrunk() {
        batcher.shrink(4);
        assertThat(batcher.limit()).isEqualTo(4);
        for (int i = 0; i < 256; i++) {
            batcher.finished(true);
        }
        assertThat(batcher.limit()).isEqualTo(5);
        for (int i = 0; i < 256 * 10; i++) {
            batcher.finished(true);
        }
        assertThat(batcher.limit()).isEqualTo(8);
    }

    @Test
    void shouldWakeATakerWhenItCloses() throws Exception {
        Thread taker = new Thread(() -> {
            try {
                assertThat(batcher.take()).isEmpty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        taker.start();
        batcher.close();
        taker.join(5000);
        assertThat(taker.isAlive()).isFalse();
    }

    @Test
    void shouldKeepTheModelsApartAndTheOlderFirstWhenOneTakesOver() throws Exception {
        PendingPicture old1 = offer(A);
        PendingPicture old2 = offer(B);
        Tenure before = takeOver();
        PendingPicture new1 = offer(A);
        PendingPicture new2 = offer(B);
        assertThat(take(8)).containsExactly(old1, old2);
        assertThat(take(8)).containsExactly(new1, new2);
        before.awaitEnd();
    }

    @Test
    void shouldNotHoldBackWhatAChangeOfModelLeavesOver() throws Exception {
        offerUndecided(A, 1);
        assertThat(take(4)).isEmpty();
        takeOver();
        assertThat(take(4)).hasSize(1);
    }

    @Test
    void shouldLetOnlyWhatIsWaitedForOvertakeAnOlderModel() throws Exception {
        PendingPicture old1 = offer(A);
        takeOver();
        PendingPicture new1 = offer(A);
        PendingPicture new2 = offer(B);
        new2.frame().promote();
        batcher.promote(new2.frame());
        assertThat(take(8)).containsExactly(new2);
        assertThat(take(8)).containsExactly(old1);
        assertThat(take(8)).containsExactly(new1);
    }

    /** Another model is in force; the one that was. */
    @SuppressWarnings("MustBeClosedChecker") // It owns no runners, and a model that needs no closing.
    private Tenure takeOver() {
        Tenure before = tenure;
        tenure = new Tenure(before.number() + 1, new FakeModel(), List.of(), 8, System::nanoTime);
        before.retire();
        return before;
    }

    /** A batch of A's is out and not finished. */
    private void occupyDevice() throws InterruptedException {
        offerUndecided(A, 1);
        batcher.settled();
        assertThat(take(1)).hasSize(1);
    }

    /** The batch that goes out now; its slots are given back as a runner would. */
    private List<PendingPicture> take(int target) {
        List<PendingPicture> batch = batcher.takeNow(target);
        batch.forEach(PendingPicture::close);
        return batch;
    }

    private void offerUndecided(FrameSource source, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            batcher.announce(source);
            offer(source);
        }
        for (int i = 1; i < count; i++) {
            batcher.settled();
        }
    }

    private PendingPicture offer(FrameSource source) throws InterruptedException {
        return offer(source, "");
    }

    private PendingPicture offer(FrameSource source, String camera) throws InterruptedException {
        return offer(source, camera, FrameRequest.NO_DEADLINE);
    }

    @SuppressWarnings("MustBeClosedChecker") // The picture owns the slot, and the batcher the picture.
    private PendingPicture offer(FrameSource source, String camera, long deadline) throws InterruptedException {
        FrameRequest request = new FrameRequest(source, camera, deadline, () -> null);
        PendingFrame frame = new PendingFrame(request, () -> now);
        PendingPicture picture = new PendingPicture(frame, 0, pool.lease(), tenure);
        batcher.offer(picture);
        return picture;
    }
}
