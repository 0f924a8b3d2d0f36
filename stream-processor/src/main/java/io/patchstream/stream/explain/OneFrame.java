package io.patchstream.stream.explain;

import io.patchstream.stream.frame.ForwardingEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FrameIntake;
import io.patchstream.stream.topology.LookAhead;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * One record on the way that every record goes: it is shown to the look-ahead, which submits it, and this engine keeps the
 * ticket that the real one gives. Borrows the real one. For one thread.
 */
final class OneFrame extends ForwardingEngine {
    private FrameTicket ticket;

    private OneFrame(FrameEngine engine) {
        super(engine);
    }

    /** What {@code engine} makes of a record of an input topic of {@code settings}. */
    static FrameOutcome answer(Settings settings, FrameEngine engine, ConsumerRecord<byte[], byte[]> record)
            throws InterruptedException {
        OneFrame one = new OneFrame(engine);
        try (FrameIntake intake = FrameIntake.of(settings, one);
                LookAhead lookAhead = new LookAhead()) {
            lookAhead.configure(Map.of(LookAhead.INTAKE, intake));
            lookAhead.onConsume(new ConsumerRecords<>(
                    Map.of(new TopicPartition(record.topic(), record.partition()), List.of(record)), Map.of()));
            if (one.ticket == null) {
                throw new IllegalStateException("topic " + record.topic() + " is not among input.topics");
            }
            return engine.await(one.ticket);
        }
    }

    /** A record's payload as it came; of one that was answered. */
    static Object payload(Settings settings, FrameEngine engine, ConsumerRecord<byte[], byte[]> record) {
        try (FrameIntake intake = FrameIntake.of(settings, new OneFrame(engine))) {
            return intake.payload(
                    new SourcePosition(record.topic(), record.partition(), record.offset()),
                    record.headers(),
                    record.value());
        }
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        ticket = engine.submit(request);
        return ticket;
    }

    @Override
    public int lookAhead(int threads) {
        return 1;
    }

    @Override
    public void close() {
        // Borrowed.
    }
}
