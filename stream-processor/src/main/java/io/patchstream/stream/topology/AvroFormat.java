package io.patchstream.stream.topology;

import io.patchstream.schemas.Frame;
import io.patchstream.schemas.PayloadReference;
import io.patchstream.schemas.serde.SchemaRegistryException;
import io.patchstream.stream.claims.ClaimChecks;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EncodedFrame.Encoding;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.SourceUnavailableException;
import io.patchstream.stream.publish.SourcePosition;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** Values are {@link Frame} records in the wire format of the deserialiser that the settings name. */
final class AvroFormat implements RecordFormat {
    private static final String CONFLUENTS_REFUSAL =
            "io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException";

    /** Subject, version and schema: the id in the record stands for nothing. */
    private static final Set<Integer> UNKNOWN_TO_REGISTRY = Set.of(40401, 40402, 40403);

    private final Serdes deserializers;

    /** One per thread that reads at the same time: a deserialiser need not be safe to share. */
    private final Queue<Deserializer<?>> idle = new ConcurrentLinkedQueue<>();

    private final ClaimChecks claims;

    /** Takes {@code deserializers} over. */
    AvroFormat(Serdes deserializers, ClaimChecks claims) {
        this.deserializers = deserializers;
        this.claims = claims;
    }

    @Override
    public FrameReader reader(SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value) {
        return () -> {
            Frame frame = frame(source, headers, value);
            FrameHead head = head(frame, source);
            ByteBuffer payload = frame.getPayload() instanceof PayloadReference reference
                    ? claims.fetch(reference)
                    : (ByteBuffer) frame.getPayload();
            return new EncodedFrame(head, Encoding.valueOf(frame.getEncoding().name()), payload);
        };
    }

    @Override
    public FrameHead head(SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value)
            throws RejectedFrameException {
        return head(frame(source, headers, value), source);
    }

    @Override
    public Object payload(SourcePosition source, Headers headers, byte[] value) throws RejectedFrameException {
        return frame(source, headers, value).getPayload();
    }

    private Frame frame(SourcePosition source, Headers headers, byte[] value) throws RejectedFrameException {
        if (value == null) {
            throw Rejections.tombstone(source);
        }
        Deserializer<?> deserializer = idle.poll();
        if (deserializer == null) {
            deserializer = deserializers.deserializer();
        }
        Object record;
        try {
            record = deserializer.deserialize(source.topic(), headers, value);
        } catch (RuntimeException e) {
            throw failure(e, source);
        } finally {
            idle.add(deserializer);
        }
        if (record instanceof Frame frame) {
            return frame;
        }
        throw Rejections.of(
                "NOT_A_FRAME",
                "record " + source + " holds a "
                        + (record == null ? "null" : record.getClass().getName())
                        + "; this topic takes io.patchstream.schemas.Frame. For plain image bytes set input.format=image",
                null);
    }

    /**
     * Serialisers throw one exception for both, so the cause decides: bytes that are wrong are the record's fault; a
     * registry that cannot be reached and a serde that is set wrongly are not, and must not turn good frames into dead
     * letters.
     */
    private static RejectedFrameException failure(RuntimeException e, SourcePosition source) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException
                    || (cause instanceof IOException && !(cause instanceof EOFException))
                    || (cause instanceof SchemaRegistryException refusal && !refusal.isUnknownSchema())
                    || cause instanceof InterruptedException
                    || cause instanceof ConfigException
                    || isConfluentsRefusal(cause)
                    || cause instanceof SecurityException) {
                throw new SourceUnavailableException(
                        "record " + source + " cannot be read: " + e.getMessage()
                                + "; see schema.registry.url and the registry's log",
                        e);
            }
        }
        return Rejections.of(
                "AVRO",
                "record " + source + " is no Avro record of the wire format: " + e.getMessage()
                        + ". For plain image bytes set input.format=image",
                e);
    }

    /**
     * Whether Confluent's client says that its registry refused, for another reason than that it does not know the schema:
     * a code 4xx comes as an exception of Kafka's, any other as one of its own, known here by its name.
     */
    private static boolean isConfluentsRefusal(Throwable cause) {
        if (cause instanceof InvalidConfigurationException) {
            return true;
        }
        if (!cause.getClass().getName().equals(CONFLUENTS_REFUSAL)) {
            return false;
        }
        try {
            return !UNKNOWN_TO_REGISTRY.contains(
                    (Integer) cause.getClass().getMethod("getErrorCode").invoke(cause));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    private static FrameHead head(Frame frame, SourcePosition source) throws RejectedFrameException {
        if (frame.getFrameId().isEmpty() || frame.getCameraId().isEmpty() || frame.getPictures() < 1) {
            throw Rejections.of(
                    "HEAD",
                    "record " + source + " has frame_id '" + frame.getFrameId() + "', camera_id '" + frame.getCameraId()
                            + "' and pictures " + frame.getPictures()
                            + "; ids must not be empty and pictures at least 1",
                    null);
        }
        return new FrameHead(
                frame.getFrameId(),
                frame.getCameraId(),
                frame.getSequence(),
                ChronoUnit.MICROS.between(Instant.EPOCH, frame.getCapturedAt()),
                frame.getPictures(),
                frame.getAttributes());
    }

    @Override
    public void close() {
        for (Deserializer<?> deserializer = idle.poll(); deserializer != null; deserializer = idle.poll()) {
            deserializer.close();
        }
        deserializers.close();
        claims.close();
    }
}
