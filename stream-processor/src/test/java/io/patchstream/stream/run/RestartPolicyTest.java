package io.patchstream.stream.run;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.SourceUnavailableException;
import io.patchstream.stream.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
    private final List<Throwable> givenUp = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final RestartPolicy policy = new RestartPolicy(
            Settings.of(Map.of("restarts", "2", "restart.backoff", "1ms")).stream(), givenUp::add, nanos::get);

    private static StreamsException failure(Throwable cause) {
        return new StreamsException("task failed", cause);
    }

    @Test
    void shouldReplaceTheThreadWhenTheFailureMayPass() {
        assertThat(policy.handle(failure(new EngineStoppedException("device lost", null))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(policy.handle(failure(new SourceUnavailableException("registry", null))))
                .isEqualTo(REPLACE_THREAD);
        assertThat(givenUp).isEmpty();
        assertThat(policy.count()).isEqualTo(2);
    }

    @Test
    void shouldStopAtOnceWhenItIsOurOwnBug() {
        StreamsException bug = failure(new IllegalStateException("bug"));
        assertThat(policy.handle(bug)).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(givenUp).containsExactly(bug);
    }

    @Test
    void shouldStopWhenItDoesNotPass() {
        policy.handle(new TimeoutException());
        policy.handle(new TimeoutException());
        assertThat(policy.handle(new TimeoutException())).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void shouldForgetFailuresOfLongAgo() {
        policy.handle(new TimeoutException());
        policy.handle(new TimeoutException());
        nanos.addAndGet(Duration.ofMinutes(11).toNanos());
        assertThat(policy.handle(new TimeoutException())).isEqualTo(REPLACE_THREAD);
        assertThat(policy.count()).isEqualTo(1);
    }

    @Test
    void shouldNotStartAThreadWhileItIsBeingClosed() {
        policy.stop();
        assertThat(policy.handle(new TimeoutException())).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(givenUp).isEmpty();
    }
}
