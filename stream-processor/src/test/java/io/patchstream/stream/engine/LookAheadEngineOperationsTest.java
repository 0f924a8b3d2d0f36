package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Stream threads that do everything in any order: submit good, bad and poisonous frames and segments, await some in order
 * and some out of it, cancel a partition, while the device has little memory. Whatever they do, each ticket has one
 * outcome, and it is the right one.
 */
class LookAheadEngineOperationsTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS_PER_THREAD = 30_000;
    private static final long SEED = 20261123;

    /** A ticket and the label or code that it must come to. */
    private record Expected(FrameTicket ticket, String outcome) {}

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void shouldNeverLoseATicketWhateverStreamThreadsDo() throws Exception {
        FakeModel model = new FakeModel().withMemoryFor(3);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (LookAheadEngine engine = new LookAheadEngine(
                model,
                FakeDecoder::new,
                EngineSettings.defaults().withMaxBatch(8),
                2,
                2,
                new ServiceCurve(8),
                System::nanoTime,
                System::nanoTime)) {
            List<Future<int[]>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                running.add(threads.submit(() -> new StreamThread(engine, thread).run()));
            }
            int answered = 0;
            int cancelled = 0;
            for (Future<int[]> result : running) {
                answered += result.get()[0];
                cancelled += result.get()[1];
            }
            assertThat(answered).isGreaterThan(THREADS * OPERATIONS_PER_THREAD / 4);
            assertThat(cancelled).isPositive();
        } finally {
            threads.shutdownNow();
        }
        assertThat(model.open()).isZero();
    }

    private static final class StreamThread {
        private final LookAheadEngine engine;
        private final String name;
        private final Random random;
        private final List<ArrayDeque<Expected>> partitions =
                List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        private int answered;
        private int cancelled;

        private StreamThread(LookAheadEngine engine, int index) {
            this.engine = engine;
            this.name = "stream-" + index;
            this.random = new Random(SEED + index);
        }

        private int[] run() throws InterruptedException {
            for (int i = 0; i < OPERATIONS_PER_THREAD; i++) {
                int partition = random.nextInt(partitions.size());
                ArrayDeque<Expected> queue = partitions.get(partition);
                int dice = random.nextInt(1000);
                if (dice < 550 && queue.size() < 200) {
                    queue.add(submit(source(partition)));
                } else if (dice < 980) {
                    check(queue.poll());
                } else if (dice < 998) {
                    check(queue.pollLast());
                } else {
                    cancel(partition, queue);
                }
            }
            for (ArrayDeque<Expected> queue : partitions) {
                while (!queue.isEmpty()) {
                    check(queue.poll());
                }
            }
            return new int[] {answered, cancelled};
        }

        private FrameSource source(int partition) {
            return new FrameSource(name, "frames", partition);
        }

        private Expected submit(FrameSource source) {
            int dice = random.nextInt(100);
            int label = random.nextInt(60);
            if (dice < 2) {
                return expect(source, "TRUNCATED", label, FakeDecoder.TRUNCATED);
            } else if (dice < 4) {
                return expect(source, "POISON", FakeModel.POISON);
            } else if (dice < 6) {
                return expect(source, "NOT_FINITE", label, FakeModel.NOT_A_NUMBER);
            } else if (dice < 12) {
                return expect(source, label + ",1,2," + label, label, 1, 2, label);
            }
            return expect(source, Integer.toString(label), label);
        }

        private Expected expect(FrameSource source, String outcome, int... pictures) {
            return new Expected(engine.submit(source, FakeDecoder.frame(pictures)), outcome);
        }

        private void check(Expected expected) throws InterruptedException {
            if (expected != null) {
                String got = engine.await(expected.ticket)
                        .fold(
                                c -> c.pictures().stream()
                                        .map(p ->
                                                Integer.toString(p.topK().get(0).index()))
                                        .reduce((a, b) -> a + "," + b)
                                        .orElseThrow(),
                                r -> r.code(),
                                d -> d.reason().name());
                assertThat(got).isEqualTo(expected.outcome);
                answered++;
            }
        }

        private void cancel(int partition, ArrayDeque<Expected> queue) throws InterruptedException {
            engine.cancel(source(partition));
            while (!queue.isEmpty()) {
                Expected expected = queue.poll();
                assertThat(expected.ticket.isDone()).isTrue();
                try {
                    check(expected);
                } catch (CancellationException e) {
                    cancelled++;
                }
            }
        }
    }
}
