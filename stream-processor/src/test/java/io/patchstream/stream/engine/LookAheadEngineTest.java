package io.patchstream.stream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.flight.FakeModel;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
@SuppressWarnings("MustBeClosedChecker") // The engine is closed after each test, which is part of it.
class LookAheadEngineTest {
    private static final FrameSource A = new FrameSource("thread-1", "frames", 0);
    private static final FrameSource B = new FrameSource("thread-2", "frames", 1);

    private final FakeModel model = new FakeModel();
    private LookAheadEngine engine = engine(EngineSettings.defaults().withMaxBatch(8));

    @AfterEach
    void shouldLeaveNoThreadAndNoRunnerWhenItCloses() {
        model.behind(new CountDownLatch(0));
        engine.close();
        engine.close();
        assertThat(model.open()).isZero();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("decode-") || name.startsWith("infer-"));
    }

    @Test
    void shouldAnswerEachFrameWithItsOwnPicturesInOrder() throws Exception {
        FrameTicket still = engine.submit(A, FakeDecoder.frame(1));
        FrameTicket segment = engine.submit(B, FakeDecoder.frame(2, 3, 4));
        assertThat(labels(still)).containsExactly(1);
        assertThat(labels(segment)).containsExactly(2, 3, 4);
        assertThat(engine.statistics().pictures()).isEqualTo(4);
    }

    @Test
    void shouldTellAnObserverHowAFrameFares() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        assertThat(labels(engine.submit(observed(told, FakeDecoder.frame(1))))).containsExactly(1);
        assertThat(told).containsExactly("decoding", "decoded", "inferring 1", "over");
        told.clear();
        assertThat(codes(List.of(engine.submit(observed(told, FakeDecoder.frame(FakeDecoder.TRUNCATED))))))
                .containsExactly("TRUNCATED");
        assertThat(told).containsExactly("decoding", "over");
    }

    private static FrameRequest observed(List<String> told, FrameReader frame) {
        return new FrameRequest(A, "door", FrameRequest.NO_DEADLINE, frame, new FrameObserver() {
            @Override
            public void decoding() {
                told.add("decoding");
            }

            @Override
            public void decoded() {
                told.add("decoded");
            }

            @Override
            public void inferring(int size) {
                told.add("inferring " + size);
            }

            @Override
            public void over() {
                told.add("over");
            }
        });
    }

    @Test
    void shouldRejectABadFrameAndLeaveItsNeighboursUnharmed() throws Exception {
        List<FrameTicket> tickets = new ArrayList<>();
        for (int value : new int[] {1, FakeDecoder.TRUNCATED, 2, FakeDecoder.BREAKS, FakeModel.POISON, 3}) {
            tickets.add(engine.submit(A, FakeDecoder.frame(value)));
        }
        assertThat(codes(tickets)).containsExactly("", "TRUNCATED", "", "DECODER_FAULT", "POISON", "");
        assertThat(engine.statistics().rejected()).isEqualTo(3);
    }

    @Test
    void shouldRejectASegmentOfWhichOnePictureIsBad() throws Exception {
        FrameTicket segment = engine.submit(A, FakeDecoder.frame(1, 2, FakeDecoder.TRUNCATED, 4));
        FrameTicket empty = engine.submit(A, FakeDecoder.frame());
        assertThat(codes(List.of(segment, empty))).containsExactly("TRUNCATED", "NO_PICTURE");
    }

    @Test
    void shouldRejectARecordThatCannotBeRead() throws Exception {
        FrameTicket ticket = engine.submit(A, () -> {
            throw new RejectedFrameException(new FrameOutcome.Rejected(Stage.READ, "NOT_AVRO", "no"), null);
        });
        assertThat(codes(List.of(ticket))).containsExactly("NOT_AVRO");
    }

    @Test
    void shouldNotRejectARecordWhileTheRegistryIsDown() throws Exception {
        FrameTicket ticket = engine.submit(A, () -> {
            throw new UncheckedIOException(new java.io.IOException("registry down"));
        });
        assertThatThrownBy(() -> engine.await(ticket))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("registry down");
    }

    @Test
    void shouldCancelWhatAClosedSourceSubmittedAndNothingElse() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        model.behind(gate);
        FrameTicket running = engine.submit(B, FakeDecoder.frame(1));
        List<FrameTicket> closed = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            closed.add(engine.submit(A, FakeDecoder.frame(2)));
        }
        FrameTicket kept = engine.submit(B, FakeDecoder.frame(3));

        engine.cancel(A);
        gate.countDown();

        assertThat(labels(running)).containsExactly(1);
        assertThat(labels(kept)).containsExactly(3);
        for (FrameTicket ticket : closed) {
            assertThatThrownBy(() -> engine.await(ticket)).isInstanceOf(CancellationException.class);
        }
        assertThat(engine.statistics().cancelled()).isEqualTo(100);
    }

    @Test
    void shouldTakeFramesOfASourceThatWasCancelledAndCameBack() throws Exception {
        engine.submit(A, FakeDecoder.frame(1));
        engine.cancel(A);
        assertThat(labels(engine.submit(A, FakeDecoder.frame(2)))).containsExactly(2);
    }

    @Test
    void shouldFailEveryTicketNowAndLaterWhenTheDeviceIsLost() throws Exception {
        model.breakDown(0);
        FrameTicket now = engine.submit(A, FakeDecoder.frame(1));
        assertThatThrownBy(() -> engine.await(now)).isInstanceOf(EngineStoppedException.class);
        FrameTicket later = engine.submit(A, FakeDecoder.frame(1));
        assertThatThrownBy(() -> engine.await(later)).isInstanceOf(EngineStoppedException.class);
        assertThat(engine.statistics().rejected()).isZero();
    }

    @Test
    void shouldStopWhenTheDecoderBreaksOnFrameAfterFrame() throws Exception {
        List<FrameTicket> tickets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tickets.add(engine.submit(A, FakeDecoder.frame(FakeDecoder.BREAKS)));
        }
        assertThatThrownBy(() -> codes(tickets))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("in succession");
    }

    @Test
    void shouldStopWhenAFrameMakesNoProgressWithinTheDeadline() {
        engine.close();
        CountDownLatch hang = new CountDownLatch(1);
        model.behind(hang);
        engine = engine(EngineSettings.defaults()
                .withThreads(1, 1)
                .withIntraOpThreads(1)
                .withMaxBatch(8)
                .withDeadline(Duration.ofMillis(50)));
        FrameTicket ticket = engine.submit(A, FakeDecoder.frame(1));
        assertThatThrownBy(() -> engine.await(ticket))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("no progress");
        hang.countDown();
    }

    @Test
    void shouldPromoteWhatIsWaitedForPastWhatIsQueued() throws Exception {
        engine.close();
        CountDownLatch gate = new CountDownLatch(1);
        model.behind(gate);
        engine = new LookAheadEngine(
                model,
                FakeDecoder::new,
                EngineSettings.defaults().withMaxBatch(1),
                1,
                1,
                new ServiceCurve(1),
                System::nanoTime,
                System::nanoTime);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<FrameTicket> tickets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int index = i;
            FrameTicket ticket = engine.submit(A, FakeDecoder.frame(i));
            ((PendingFrame) ticket).whenDone(outcome -> order.add(index));
            tickets.add(ticket);
        }
        Thread waiter = new Thread(() -> {
            try {
                engine.await(tickets.get(49));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);

        gate.countDown();
        for (FrameTicket ticket : tickets) {
            engine.await(ticket);
        }

        // One may have been running already.
        assertThat(order).hasSize(50);
        assertThat(order.subList(0, 2)).contains(49);
    }

    @Test
    void shouldFailOutstandingTicketsWhenItCloses() {
        CountDownLatch gate = new CountDownLatch(1);
        model.behind(gate);
        FrameTicket running = engine.submit(A, FakeDecoder.frame(1));
        FrameTicket queued = engine.submit(A, FakeDecoder.frame(2));
        Thread closer = new Thread(engine::close);
        closer.start();
        assertThatThrownBy(() -> engine.await(running)).isInstanceOf(EngineStoppedException.class);
        assertThatThrownBy(() -> engine.await(queued)).isInstanceOf(EngineStoppedException.class);
        gate.countDown();
        await().until(() -> !closer.isAlive());
        assertThatThrownBy(() -> engine.await(engine.submit(A, FakeDecoder.frame(3))))
                .isInstanceOf(EngineStoppedException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void shouldLookAheadHalfASecondOfWork() {
        engine.close();
        ServiceCurve curve = new ServiceCurve(8);
        curve.observe(8, 40_000_000);
        engine = new LookAheadEngine(
                model,
                FakeDecoder::new,
                EngineSettings.defaults().withMaxBatch(8),
                1,
                1,
                curve,
                System::nanoTime,
                System::nanoTime);
        assertThat(engine.lookAhead(1)).isEqualTo(100);
        assertThat(engine.lookAhead(4)).isEqualTo(25);
        assertThat(engine.lookAhead(1000)).isEqualTo(16);
    }

    @Test
    void shouldGatherNoMoreThanTheModelRunsAtOnce() throws Exception {
        engine.close();
        model.inRunsOf(4);
        engine = engine(EngineSettings.defaults().withMaxBatch(8).withMinBatch(8));
        assertThat(labels(engine.submit(A, FakeDecoder.frame(1, 2, 3, 4, 5, 6, 7, 8))))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(model.sizes()).allMatch(size -> size <= 4);
    }

    @Test
    void shouldLearnFromItsBatchesUnlessItIsToldNotTo() throws Exception {
        for (boolean learning : new boolean[] {true, false}) {
            engine.close();
            ServiceCurve curve = new ServiceCurve(8);
            curve.observe(1, 40_000_000_000L);
            engine = new LookAheadEngine(
                    model,
                    FakeDecoder::new,
                    EngineSettings.defaults().withMaxBatch(8).withMinBatch(2).withLearning(learning),
                    1,
                    1,
                    curve,
                    System::nanoTime,
                    System::nanoTime);
            assertThat(engine.lookAhead(1)).as("at least two smallest batches").isEqualTo(4);
            assertThat(labels(engine.submit(A, FakeDecoder.frame(1)))).containsExactly(1);
            engine.close();
            assertThat(curve.seconds(1) < 40).isEqualTo(learning);
        }
    }

    private LookAheadEngine engine(EngineSettings settings) {
        return new LookAheadEngine(
                model,
                FakeDecoder::new,
                settings,
                2,
                2,
                new ServiceCurve(settings.maxBatch()),
                System::nanoTime,
                System::nanoTime);
    }

    private List<Integer> labels(FrameTicket ticket) throws InterruptedException {
        return engine.await(ticket)
                .fold(
                        c -> c.pictures().stream()
                                .map(p -> p.topK().get(0).index())
                                .toList(),
                        r -> List.of(-1),
                        d -> List.of(-2));
    }

    private List<String> codes(List<FrameTicket> tickets) throws InterruptedException {
        List<String> codes = new ArrayList<>();
        for (FrameTicket ticket : tickets) {
            codes.add(engine.await(ticket)
                    .fold(c -> "", FrameOutcome.Rejected::code, d -> d.reason().name()));
        }
        return codes;
    }
}
