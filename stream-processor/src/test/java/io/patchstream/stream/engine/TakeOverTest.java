package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.flight.BatchMemory;
import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.vision.model.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models that change while frames flow: real models, real threads. */
class TakeOverTest {
    private static final int SEEDS = 64;
    private static final int FEEDERS = 2;
    private static final int RELOADS = 30;
    private static final EngineSettings SETTINGS = EngineSettings.defaults().withMaxBatch(8);

    /** Every answer is that of one model, for all pictures of its frame, to the bit; none is missing, none ran twice. */
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void shouldAnswerEveryFrameOnceWithTheBitsOfOneModelWhileModelsChange() throws Exception {
        Map<String, List<String>> alone = new HashMap<>();
        for (String precision : List.of("fp32", "int8")) {
            alone(precision, alone);
        }
        assertThat(alone).hasSize(2);

        Set<String> answered = new HashSet<>();
        long submitted = 0;
        ExecutorService threads = Executors.newFixedThreadPool(FEEDERS);
        AtomicBoolean enough = new AtomicBoolean();
        try (LookAheadEngine engine = engine("fp32")) {
            List<Future<Feeder>> feeders = new ArrayList<>();
            for (int i = 0; i < FEEDERS; i++) {
                Feeder feeder = new Feeder(engine, "stream-" + i, alone, new Random(i));
                feeders.add(threads.submit(() -> feeder.run(enough)));
            }
            Random random = new Random(7);
            for (int i = 0; i < RELOADS; i++) {
                long before = engine.statistics().pictures();
                assertThat(engine.takeOver(load(random.nextBoolean() ? "int8" : "fp32")))
                        .isTrue();
                awaitPictures(engine, before + random.nextInt(40), feeders);
            }
            enough.set(true);
            for (Future<Feeder> feeder : feeders) {
                Feeder done = feeder.get();
                submitted += done.pictures;
                answered.addAll(done.models);
                System.out.printf(
                        "%s: %d frames, %d pictures, longest from submit to answer %.1f ms%n",
                        done.source.owner(), done.frames, done.pictures, done.longestNanos / 1e6);
            }
            assertThat(engine.statistics().pictures()).isEqualTo(submitted);
            assertThat(engine.statistics().rejected()).isZero();
            assertThat(engine.statistics().modelsTaken()).isEqualTo(RELOADS);
        } finally {
            enough.set(true);
            threads.shutdownNow();
        }
        assertThat(answered).isEqualTo(alone.keySet());
    }

    /** What was decoded for a model is run by it, however the next one likes its pictures. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void shouldRunEachPictureOnTheModelThatItWasDecodedFor() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        FakeModel small = new FakeModel(1, "small").behind(gate);
        FakeModel large = new FakeModel(5, "large");
        AtomicInteger decoded = new AtomicInteger();
        FrameSource source = new FrameSource("stream", "frames", 0);
        List<FrameTicket> before = new ArrayList<>();
        List<FrameTicket> after = new ArrayList<>();
        try (LookAheadEngine engine = fake(small, decoded)) {
            for (int i = 0; i < 6; i++) {
                before.add(engine.submit(source, FakeDecoder.frame(1, 2, 3)));
            }
            await().until(() -> decoded.get() == 6);
            Thread reload = new Thread(() -> takeOver(engine, large));
            reload.start();
            await().until(() -> engine.model().sha256().equals("large"));
            for (int i = 0; i < 6; i++) {
                after.add(engine.submit(source, FakeDecoder.frame(4, 5)));
            }
            await().until(() -> decoded.get() == 12);
            assertThat(reload.isAlive())
                    .as("the old model has frames to answer")
                    .isTrue();
            assertThat(small.closed()).isFalse();

            gate.countDown();

            assertThat(models(engine, before)).containsOnly("small").hasSize(6 * 3);
            assertThat(models(engine, after)).containsOnly("large").hasSize(6 * 2);
            reload.join();
            assertThat(small.closed()).isTrue();
            assertThat(small.open()).isZero();
            assertThat(large.closed()).isFalse();
        }
        assertThat(large.closed()).isTrue();
        assertThat(large.open()).isZero();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    @SuppressWarnings("MustBeClosedChecker") // It is closed, and used once more after that.
    void shouldCloseBothModelsWhenTheEngineClosesInAChange() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        FakeModel old = new FakeModel(1, "old").behind(gate);
        FakeModel next = new FakeModel(1, "next");
        FakeModel late = new FakeModel(1, "late");
        AtomicInteger decoded = new AtomicInteger();
        LookAheadEngine engine = fake(old, decoded);
        try (engine) {
            FrameTicket ticket = engine.submit(new FrameSource("stream", "frames", 0), FakeDecoder.frame(1));
            // One whose decoding has not begun would be the next model's.
            await().until(() -> decoded.get() == 1);
            // Whoever reloads is told to stop while the old model still answers.
            Thread reload = new Thread(() -> takeOver(engine, next));
            reload.start();
            await().until(() -> engine.model().sha256().equals("next"));
            assertThat(ticket.isDone()).isFalse();
            reload.interrupt();
            reload.join();
            gate.countDown();
        }
        assertThat(old.closed()).isTrue();
        assertThat(next.closed()).isTrue();
        takeOver(engine, late);
        assertThat(late.closed()).as("a model that comes too late").isTrue();
        assertThat(old.open() + next.open() + late.open()).isZero();
    }

    private static final class CountingDecoder implements FrameDecoder {
        private final FakeDecoder decoder;
        private final AtomicInteger decoded;

        private CountingDecoder(Preprocessing preprocessing, AtomicInteger decoded) {
            this.decoder = new FakeDecoder(preprocessing);
            this.decoded = decoded;
        }

        @Override
        public void decode(EncodedFrame frame, Slots slots) throws RejectedFrameException, InterruptedException {
            decoder.decode(frame, slots);
            decoded.incrementAndGet();
        }

        @Override
        public void close() {
            decoder.close();
        }
    }

    private static void takeOver(LookAheadEngine engine, FakeModel model) {
        try {
            engine.takeOver(new MeasuredModel(model, new ServiceCurve(8), System::nanoTime, false, 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @com.google.errorprone.annotations.MustBeClosed
    private static LookAheadEngine fake(FakeModel model, AtomicInteger decoded) {
        return new LookAheadEngine(
                model,
                preprocessing -> new CountingDecoder(preprocessing, decoded),
                SETTINGS,
                1,
                1,
                new ServiceCurve(8),
                System::nanoTime,
                System::nanoTime);
    }

    private static List<String> models(LookAheadEngine engine, List<FrameTicket> tickets) throws InterruptedException {
        List<String> models = new ArrayList<>();
        for (FrameTicket ticket : tickets) {
            classified(engine.await(ticket)).forEach(p -> models.add(p.model().sha256()));
        }
        return models;
    }

    /** Sessions, tensors and batch memory of a hundred models come and go, while frames flow. */
    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void shouldTakeNoMoreMemoryAfterAHundredReloads() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "physical memory is read from Linux's /proc");
        try (LookAheadEngine engine = engine("fp32")) {
            reload(engine, 40);
            long first = residentBytes();
            reload(engine, 100);
            long second = residentBytes();
            reload(engine, 100);
            long third = residentBytes();
            System.out.printf(
                    "RSS after 40 reloads %.1f MiB, after 140 %.1f MiB, after 240 %.1f MiB%n",
                    first / 1048576.0, second / 1048576.0, third / 1048576.0);
            // A session that is not closed is 1 MB and more: a hundred would be 100 MB.
            assertThat(third - second).isLessThan(16L << 20);
        }
    }

    private static void reload(LookAheadEngine engine, int times) throws Exception {
        FrameSource source = new FrameSource("stream", "frames", 0);
        for (int i = 0; i < times; i++) {
            List<FrameTicket> tickets = new ArrayList<>();
            for (int frame = 0; frame < 20; frame++) {
                tickets.add(engine.submit(source, RawDecoder.frame(frame)));
            }
            assertThat(engine.takeOver(load(i % 2 == 0 ? "int8" : "fp32"))).isTrue();
            for (FrameTicket ticket : tickets) {
                engine.await(ticket);
            }
        }
        System.gc();
    }

    private static long residentBytes() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /** So many more pictures, or a feeder that has failed. */
    private static void awaitPictures(LookAheadEngine engine, long pictures, List<Future<Feeder>> feeders) {
        while (engine.statistics().pictures() < pictures && feeders.stream().noneMatch(Future::isDone)) {
            Thread.onSpinWait();
        }
    }

    private static void alone(String precision, Map<String, List<String>> alone) throws Exception {
        try (LookAheadEngine engine = engine(precision)) {
            FrameSource source = new FrameSource("alone", "frames", 0);
            List<String> bits = new ArrayList<>();
            for (int seed = 0; seed < SEEDS; seed++) {
                bits.add(bits(classified(engine.await(engine.submit(source, RawDecoder.frame(seed))))
                        .get(0)));
            }
            alone.put(engine.model().sha256(), bits);
        }
    }

    private static List<Prediction> classified(FrameOutcome outcome) {
        return outcome.fold(
                FrameOutcome.Classified::pictures,
                r -> {
                    throw new AssertionError(r.message());
                },
                d -> {
                    throw new AssertionError(d.reason());
                });
    }

    private static String bits(Prediction prediction) {
        return prediction.topK() + " "
                + Arrays.toString(IntStream.range(0, prediction.dim())
                        .map(i -> Float.floatToRawIntBits(prediction.embedding(i)))
                        .toArray());
    }

    private static MeasuredModel load(String precision) throws Exception {
        return MeasuredModel.load(TinyFolder.original(precision), SETTINGS, new BatchMemory());
    }

    @com.google.errorprone.annotations.MustBeClosed
    private static LookAheadEngine engine(String precision) throws Exception {
        return new LookAheadEngine(
                load(precision).model(),
                RawDecoder::new,
                SETTINGS,
                2,
                2,
                new ServiceCurve(8),
                System::nanoTime,
                System::nanoTime);
    }

    /** A stream thread: holds a few dozen frames of one to five pictures, and waits for the oldest. */
    private static final class Feeder {
        private final LookAheadEngine engine;
        private final FrameSource source;
        private final Map<String, List<String>> alone;
        private final Random random;
        private final Set<String> models = new HashSet<>();
        private long frames;
        private long pictures;
        private volatile long longestNanos;

        private record Sent(FrameTicket ticket, int[] seeds) {}

        private Feeder(LookAheadEngine engine, String owner, Map<String, List<String>> alone, Random random) {
            this.engine = engine;
            this.source = new FrameSource(owner, "frames", 0);
            this.alone = alone;
            this.random = random;
        }

        private Feeder run(AtomicBoolean enough) throws InterruptedException {
            java.util.ArrayDeque<Sent> held = new java.util.ArrayDeque<>();
            while (!enough.get()) {
                while (held.size() < 24) {
                    held.add(send());
                }
                check(held.remove());
            }
            for (Sent sent : held) {
                check(sent);
            }
            return this;
        }

        private Sent send() {
            int[] seeds = random.ints(1 + random.nextInt(5), 0, SEEDS).toArray();
            long began = System.nanoTime();
            FrameTicket ticket = engine.submit(source, RawDecoder.frame(seeds));
            ((PendingFrame) ticket)
                    .whenDone(outcome -> longestNanos = Math.max(longestNanos, System.nanoTime() - began));
            frames++;
            pictures += seeds.length;
            return new Sent(ticket, seeds);
        }

        private void check(Sent sent) throws InterruptedException {
            List<Prediction> predictions = classified(engine.await(sent.ticket));
            assertThat(predictions).hasSize(sent.seeds.length);
            String model = predictions.get(0).model().sha256();
            models.add(model);
            for (int i = 0; i < sent.seeds.length; i++) {
                assertThat(predictions.get(i).model().sha256())
                        .as("one model for all pictures of a frame")
                        .isEqualTo(model);
                assertThat(bits(predictions.get(i))).isEqualTo(alone.get(model).get(sent.seeds[i]));
            }
        }
    }
}
