package io.patchstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.bench.ThreadCpu.Role;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ThreadCpuTest {
    private static final long BUSY_NANOS = 200_000_000;

    @Test
    void shouldGiveAThreadsTimeToWhatItDoes() throws Exception {
        ThreadCpu before = ThreadCpu.now();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    burn();
                    busy.countDown();
                    try {
                        seen.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "decode-7");
        thread.start();
        busy.await();
        Map<Role, Double> spent = ThreadCpu.now().since(before);
        seen.countDown();
        thread.join();
        assertThat(spent.get(Role.DECODE)).isBetween(BUSY_NANOS / 1e6, 2 * BUSY_NANOS / 1e6);
        assertThat(spent.getOrDefault(Role.INFER, 0.0)).isZero();
    }

    @Test
    void shouldKnowThreadsByTheirNames() {
        assertThat(Role.of("infer-0")).isEqualTo(Role.INFER);
        assertThat(Role.of("bench-1-0f3c-StreamThread-2")).isEqualTo(Role.STREAM);
        assertThat(Role.of("kafka-producer-network-thread | bench-1-StreamThread-1-producer"))
                .isEqualTo(Role.CLIENT);
        assertThat(Role.of("main")).isEqualTo(Role.READER);
        assertThat(Role.of("BatchSpanProcessor_WorkerThread-1")).isEqualTo(Role.TRACE);
        assertThat(Role.of("HttpClient-3-Worker-0")).isEqualTo(Role.TRACE);
        assertThat(Role.of("span-sink")).isEqualTo(Role.SINK);
        assertThat(Role.of("data-plane-kafka-request-handler-3")).isEqualTo(Role.BROKER);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellGarbageCollectionFromTheRest() {
        ThreadCpu before = ThreadCpu.now();
        for (int i = 0; i < 20; i++) {
            System.gc();
        }
        Map<Role, Double> spent = ThreadCpu.now().since(before);
        assertThat(spent.get(Role.GC)).isGreaterThan(spent.get(Role.JVM)).isGreaterThan(20);
    }

    private static void burn() {
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() + BUSY_NANOS;
        long turns = 0;
        while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < end) {
            turns++;
        }
        assertThat(turns).isPositive();
    }
}
