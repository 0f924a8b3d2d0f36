package io.patchstream.stream.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PixelPoolTest {
    @Test
    void shouldTakeNoMoreThanItsBytesButAtLeastItsSlots() {
        try (PixelPool bytes = new PixelPool(100, 1000, 2);
                PixelPool slots = new PixelPool(100, 10, 3)) {
            assertThat(bytes.capacity()).isEqualTo(10);
            assertThat(slots.capacity()).isEqualTo(3);
        }
    }

    @Test
    void shouldReuseAGivenBackSlot() throws Exception {
        try (PixelPool pool = new PixelPool(3, 3, 1)) {
            try (PixelPool.Slot first = pool.lease()) {
                first.pixels().put(0, (byte) 7);
            }
            try (PixelPool.Slot second = pool.lease()) {
                assertThat(second.pixels().get(0)).isEqualTo((byte) 7);
                assertThat(second.pixels().remaining()).isEqualTo(3);
            }
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Closing is what is tested.
    void shouldGiveASlotBackOnceThoughClosedTwice() throws Exception {
        try (PixelPool pool = new PixelPool(3, 6, 1);
                PixelPool.Slot kept = pool.lease()) {
            PixelPool.Slot slot = pool.lease();
            slot.close();
            slot.close();
            assertThat(pool.leased()).isEqualTo(1);
            assertThatThrownBy(slot::pixels).isInstanceOf(IllegalStateException.class);
            assertThat(kept.pixels().remaining()).isEqualTo(3);
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Closing is what is tested.
    void shouldLetALeaserWaitUntilASlotComesBack() throws Exception {
        try (PixelPool pool = new PixelPool(3, 3, 1)) {
            PixelPool.Slot only = pool.lease();
            Thread waiter = leaser(pool, new AtomicReference<>());
            await().until(() -> waiter.getState() == Thread.State.WAITING);

            only.close();

            waiter.join();
            assertThat(pool.leased()).isZero();
        }
    }

    @Test
    void shouldWakeWhoWaitsWhenItCloses() throws Exception {
        PixelPool pool = new PixelPool(3, 3, 1);
        try (PixelPool.Slot only = pool.lease()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread waiter = leaser(pool, thrown);
            await().until(() -> waiter.getState() == Thread.State.WAITING);

            pool.close();

            waiter.join();
            assertThat(thrown.get()).isInstanceOf(CancellationException.class);
            assertThat(only.pixels().remaining()).isEqualTo(3);
        }
        assertThat(pool.leased()).isZero();
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Closing is what is tested.
    void shouldKeepToItsBytesWhileSlotsOfTwoSizesAreOut() throws Exception {
        try (PixelPool pool = new PixelPool(4, 8, 1)) {
            PixelPool.Slot small = pool.lease();
            pool.resize(8);
            assertThat(pool.capacity()).isEqualTo(1);
            Thread waiter = leaser(pool, new AtomicReference<>());
            await().until(() -> waiter.getState() == Thread.State.WAITING);

            small.close();

            waiter.join();
            try (PixelPool.Slot late = pool.lease(4);
                    PixelPool.Slot later = pool.lease(4)) {
                assertThat(late.pixels().remaining()).isEqualTo(4);
                assertThat(later.pixels().remaining()).isEqualTo(4);
            }
            assertThat(pool.leased()).isZero();
        }
    }

    private static Thread leaser(PixelPool pool, AtomicReference<Throwable> thrown) {
        Thread thread = new Thread(() -> {
            try (PixelPool.Slot slot = pool.lease()) {
                slot.pixels();
            } catch (CancellationException | InterruptedException e) {
                thrown.set(e);
            }
        });
        thread.start();
        return thread;
    }
}
