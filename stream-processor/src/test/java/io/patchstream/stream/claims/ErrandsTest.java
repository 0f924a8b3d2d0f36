package io.patchstream.stream.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ErrandsTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Errands errands = new Errands(threads);

    @AfterEach
    void tearDown() {
        released.countDown();
        threads.shutdown();
    }

    /** As a system call on a dead mount: no interruption ends it. */
    private String hang() {
        boolean interrupted = false;
        while (true) {
            try {
                released.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return "late";
    }

    @Test
    void shouldGiveUpWhatDoesNotReturnAndNotTryForEver() throws Exception {
        for (int i = 0; i < Errands.MOST; i++) {
            assertThatThrownBy(() -> errands.run(this::hang, SHORT))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("no answer within 50 ms");
        }

        assertThatThrownBy(() -> errands.run(() -> "good", LONG))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("4 attempts before it still hang there");
        assertThat(new Errands(threads).run(() -> "another place", LONG)).isEqualTo("another place");

        released.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldGoOnWhenThePlaceAnswersAgain() throws Exception {
        for (int i = 0; i < Errands.MOST; i++) {
            assertThatThrownBy(() -> errands.run(this::hang, SHORT)).isInstanceOf(TimeoutException.class);
        }
        released.countDown();

        String answer = null;
        while (answer == null) {
            try {
                answer = errands.run(() -> "back", LONG);
            } catch (TimeoutException e) {
                Thread.onSpinWait();
            }
        }

        assertThat(answer).isEqualTo("back");
        for (int i = 0; i < 3 * Errands.MOST; i++) {
            assertThat(errands.run(() -> "still", LONG)).isEqualTo("still");
        }
    }

    @Test
    void shouldThrowWhatTheWorkThrows() {
        assertThatThrownBy(() -> errands.run(
                        () -> {
                            throw new IOException("gone");
                        },
                        LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
        assertThatThrownBy(() -> errands.run(
                        () -> {
                            throw new UncheckedIOException(new IOException("ours"));
                        },
                        LONG))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> errands.run(
                        () -> {
                            throw new AssertionError("broken");
                        },
                        LONG))
                .isInstanceOf(AssertionError.class);
    }
}
