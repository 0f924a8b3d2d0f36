package io.patchstream.stream.topology;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Input records read as the topology reads them, without an engine: envelope, claim check and all. */
public final class FrameRecords implements AutoCloseable {
    private final RecordFormat format;

    private FrameRecords(RecordFormat format) {
        this.format = format;
    }

    /** For what the settings say of the input; the caller closes it. */
    @MustBeClosed
    public static FrameRecords open(Settings settings) {
        return new FrameRecords(FrameIntake.format(settings));
    }

    /**
     * The frame of a record.
     *
     * @throws RejectedFrameException when the record is at fault
     */
    public EncodedFrame read(ConsumerRecord<byte[], byte[]> record) throws RejectedFrameException {
        return format.reader(
                        new SourcePosition(record.topic(), record.partition(), record.offset()),
                        record.timestamp(),
                        record.headers(),
                        record.key(),
                        record.value())
                .read();
    }

    @Override
    public void close() {
        format.close();
    }
}
