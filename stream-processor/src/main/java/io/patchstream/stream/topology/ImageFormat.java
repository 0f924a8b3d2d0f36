package io.patchstream.stream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EncodedFrame.Encoding;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.publish.SourcePosition;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/**
 * Values are plain image bytes: the key names the camera (the topic does, where there is no key or it is no UTF-8), the
 * offset is the sequence, topic-partition-offset the frame id, and the record's timestamp says when it was taken.
 */
final class ImageFormat implements RecordFormat {
    @Override
    public FrameReader reader(SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value) {
        return () -> {
            FrameHead head = head(source, timestamp, headers, key, value);
            return new EncodedFrame(head, Encoding.UNKNOWN, ByteBuffer.wrap(value));
        };
    }

    @Override
    public FrameHead head(SourcePosition source, long timestamp, Headers headers, byte[] key, byte[] value)
            throws RejectedFrameException {
        if (value == null) {
            throw Rejections.tombstone(source);
        }
        return new FrameHead(
                source.toString(),
                cameraId(key, source.topic()),
                source.offset(),
                Math.multiplyExact(timestamp, 1000),
                1,
                Map.of());
    }

    @Override
    public Object payload(SourcePosition source, Headers headers, byte[] value) {
        return ByteBuffer.wrap(value);
    }

    private static String cameraId(byte[] key, String topic) {
        if (key == null || key.length == 0) {
            return topic;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
        } catch (CharacterCodingException e) {
            // A key of another kind (a number, a binary id) names no camera that a label could carry as text.
            return topic;
        }
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
