package io.patchstream.stream.engine;

import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Map;

/** A frame is a row of bytes, each a picture whose bytes all have that value; two values are not decodable. */
final class FakeDecoder implements FrameDecoder {
    /** Where a frame is cut off. */
    static final int TRUNCATED = 250;

    /** Where the decoder breaks. */
    static final int BREAKS = 251;

    private final int pictureBytes;

    FakeDecoder(Preprocessing preprocessing) {
        this.pictureBytes = preprocessing.byteSize();
    }

    /** A frame of these pictures. */
    static FrameReader frame(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return () -> new EncodedFrame(
                new FrameHead("frame", "camera", 0, 0, values.length, Map.of()),
                EncodedFrame.Encoding.UNKNOWN,
                ByteBuffer.wrap(bytes));
    }

    @Override
    public void decode(EncodedFrame frame, Slots slots) throws RejectedFrameException, InterruptedException {
        ByteBuffer payload = frame.payload();
        while (payload.hasRemaining()) {
            ByteBuffer slot = slots.next();
            byte value = payload.get();
            if ((value & 0xff) == TRUNCATED) {
                throw new RejectedFrameException(
                        new FrameOutcome.Rejected(Stage.DECODE, "TRUNCATED", "the frame is cut off"), null);
            }
            if ((value & 0xff) == BREAKS) {
                throw new IllegalStateException("a bug");
            }
            for (int i = 0; i < pictureBytes; i++) {
                slot.put(value);
            }
        }
    }

    @Override
    public void close() {}
}
