package io.patchstream.stream.operate;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;

/** Waits for an answer that may be a refusal. */
final class Asking {
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private Asking() {}

    /**
     * The answer.
     *
     * @throws Refused with the broker's reason, or that there was no answer
     */
    static <T> T of(KafkaFuture<T> future) throws Refused {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new Refused(e.getCause());
        } catch (TimeoutException e) {
            throw new Refused(new TimeoutException("no answer in " + PATIENCE.toSeconds() + " s"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(e);
        }
    }

    /** No answer; the cause is the broker's. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(Throwable cause) {
            super(
                    cause.getMessage() == null
                            ? cause.getClass().getSimpleName()
                            : cause.getMessage().lines().findFirst().orElse(""),
                    cause);
        }

        boolean isA(Class<? extends Throwable> type) {
            return type.isInstance(getCause());
        }
    }
}
