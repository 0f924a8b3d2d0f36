package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Doubt;
import io.patchstream.schemas.Uncertain;
import io.patchstream.stream.publish.Doubts;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.UncertainSettings;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Forwards pictures whose answer is uncertain, the first so many of each camera and window of time. A window is the record's
 * timestamp divided by its length, and a record that comes behind its window counts in the newest one: only the records and
 * their order decide, and so a replay from a window's beginning forwards the same.
 */
final class UncertainWatch implements LabelWatch {
    static final String STORE = "uncertain";

    private final UncertainSettings settings;
    private final FrameIntake intake;
    private final Serializer<Object> serializer;
    private final Doubts doubts;

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> budgets;

    UncertainWatch(UncertainSettings settings, FrameIntake intake, Serializer<Object> serializer) {
        this.settings = settings;
        this.intake = intake;
        this.serializer = serializer;
        this.doubts = new Doubts(settings.probability(), settings.margin(), settings.set(), settings.distance());
    }

    /** What it remembers: in memory, and in a compacted topic. It is a line a camera; no native library is loaded for that. */
    static StoreBuilder<KeyValueStore<String, byte[]>> store() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
        context = given;
        budgets = given.getStateStore(STORE);
    }

    @Override
    public void labelled(Classification label, SourcePosition source, Record<byte[], byte[]> frame, Headers trace) {
        List<Doubt> reasons = doubts.of(label);
        if (reasons.isEmpty()) {
            return;
        }
        if (!spend(source.topic() + "/" + label.getCameraId(), frame.timestamp())) {
            intake.answers().uncertain(false);
            return;
        }
        Object payload = settings.payload() == UncertainSettings.Payload.COPY
                ? intake.payload(source, frame.headers(), frame.value())
                : null;
        context.forward(
                new Record<>(
                        label.getCameraId().getBytes(UTF_8),
                        serializer.serialize(settings.topic(), new Uncertain(label, reasons, payload)),
                        frame.timestamp(),
                        trace),
                FrameTopology.UNCERTAIN);
        intake.answers().uncertain(true);
    }

    /** Whether there is room in the window; takes it. By topic too: the order between two topics is nowhere written. */
    private boolean spend(String camera, long timestamp) {
        long window = Math.floorDiv(timestamp, settings.window().toMillis());
        int spent = 0;
        byte[] known = budgets.get(camera);
        if (known != null) {
            ByteBuffer budget = ByteBuffer.wrap(known);
            long last = budget.getLong();
            if (last >= window) {
                window = last;
                spent = budget.getInt();
            }
        }
        if (spent >= settings.perCamera()) {
            return false;
        }
        budgets.put(
                camera,
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                        .putLong(window)
                        .putInt(spent + 1)
                        .array());
        return true;
    }
}
