package io.patchstream.stream.topology;

import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.publish.SourcePosition;
import org.apache.kafka.common.header.Headers;

/** What an input record's bytes mean. Shared by all stream threads and by the engine's. */
interface RecordFormat extends AutoCloseable {
    /**
     * A reader of one record; cheap, since it is made on the stream thread.
     *
     * @param source where the record was read
     * @param timestamp the record's, in milliseconds since the epoch
     * @param headers the record's; never changed
     * @param key may be null
     * @param value may be null
     */
    FrameReader reader(SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value);

    /**
     * What is known of a record without decoding its picture or fetching it; on the stream thread.
     *
     * @throws RejectedFrameException when the record is at fault
     */
    FrameHead head(SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value)
            throws RejectedFrameException;

    /**
     * The record's payload as it came, a {@link java.nio.ByteBuffer} or a {@link io.patchstream.schemas.PayloadReference}.
     *
     * @throws RejectedFrameException when the record is at fault
     */
    Object payload(SourcePosition source, Headers headers, byte[] value) throws RejectedFrameException;

    @Override
    void close();
}
