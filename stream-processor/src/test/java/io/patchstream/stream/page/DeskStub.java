package io.patchstream.stream.page;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.lookup.Pictures;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** A desk that says what a test wants it to. */
final class DeskStub implements PipelineDesk {
    final List<Set<String>> replayed = new ArrayList<>();
    final AlarmsStub alarms = new AlarmsStub();
    final CountDownLatch asked = new CountDownLatch(1);
    volatile Optional<String> trouble = Optional.empty();
    volatile CountDownLatch hold = new CountDownLatch(0);

    private void enter() {
        asked.countDown();
        try {
            hold.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        trouble.ifPresent(says -> {
            throw new DeskException(says, null);
        });
    }

    @Override
    public DeadLetterList deadLetters() {
        enter();
        return new DeadLetterList(
                "dead",
                List.of(new Buried("0:17", 5, "DECODE/JPEG", "<b>broken</b>", "door", "frames-0-3", 1, true)),
                new TreeMap<>(java.util.Map.of("DECODE/JPEG", 1)),
                1,
                true);
    }

    @Override
    public Replayed replay(Set<String> places) {
        enter();
        replayed.add(places);
        return new Replayed(places.size(), 0, List.of());
    }

    @Override
    public LedgerState ledger() {
        enter();
        return new LedgerState(
                "group",
                false,
                9,
                8,
                0,
                0,
                2,
                1,
                List.of(new PartitionState("frames-0", 9, 2, 1, List.of("offset 4 lacks an answer"))),
                100);
    }

    /** One alarm, with a picture. */
    static final class AlarmsStub implements AlarmBook {
        static final String ID = "0b5b44c5-0000-5000-8000-000000000001";
        volatile boolean isClosed;

        @Override
        public Content content() {
            return new Content(
                    State.KNOWN,
                    "alarms",
                    "",
                    List.of(new Bell(ID, "visitor", "door", "<b>cat</b>", 0.75f, 5, "frames-0-3", null, false)),
                    List.of(),
                    0);
        }

        @Override
        public Shown picture(String id) {
            if (!id.equals(ID)) {
                throw new DeskException("that alarm is no longer among the last ones", null);
            }
            return new Shown(
                    new EncodedFrame(
                            new FrameHead("frame", "door", 0, 0, 1, java.util.Map.of()),
                            EncodedFrame.Encoding.JPEG,
                            ByteBuffer.wrap(Pictures.jpeg(3))),
                    0);
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    @Override
    public AlarmBook alarms() {
        return alarms;
    }

    @Override
    public List<Subject> subjects() {
        enter();
        return List.of(
                new Subject("labels-value", "labels", "io.patchstream.Classification", List.of(1, 2), Optional.of(7)),
                new Subject("drops-value", "drops", "io.patchstream.Drop", List.of(), Optional.empty()));
    }
}
