package io.patchstream.stream.topology;

import io.patchstream.schemas.Classification;
import io.patchstream.stream.publish.SourcePosition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Sees each label when it is forwarded and forwards what follows from it, in the same transaction. What it remembers lies in
 * a state store with a changelog, so that an aborted transaction takes it back too. One per task.
 */
interface LabelWatch {
    /** Before the first label. */
    void init(ProcessorContext<byte[], byte[]> context);

    /**
     * A picture was labelled.
     *
     * @param source where its frame was read
     * @param frame the frame's record
     * @param trace the headers of what is forwarded
     */
    void labelled(Classification label, SourcePosition source, Record<byte[], byte[]> frame, Headers trace);
}
