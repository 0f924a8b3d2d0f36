package io.patchstream.stream.engine;

import io.patchstream.stream.decode.FrameDecoder;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.FrameReader;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Map;

/** A frame is a row of seeds; each becomes a picture of pseudo-random pixels of the size that the model takes. */
final class RawDecoder implements FrameDecoder {
    private final int pictureBytes;

    RawDecoder(Preprocessing preprocessing) {
        this.pictureBytes = preprocessing.byteSize();
    }

    static FrameReader frame(int... seeds) {
        ByteBuffer bytes = ByteBuffer.allocate(seeds.length * Integer.BYTES);
        for (int seed : seeds) {
            bytes.putInt(seed);
        }
        ByteBuffer payload = bytes.flip();
        return () -> new EncodedFrame(
                new FrameHead("frame", "camera", 0, 0, seeds.length, Map.of()), EncodedFrame.Encoding.UNKNOWN, payload);
    }

    @Override
    public void decode(EncodedFrame frame, Slots slots) throws InterruptedException {
        ByteBuffer seeds = frame.payload();
        while (seeds.hasRemaining()) {
            int state = seeds.getInt() * 0x9E3779B1 + 1;
            ByteBuffer slot = slots.next();
            for (int i = 0; i < pictureBytes; i++) {
                state = state * 1664525 + 1013904223;
                slot.put((byte) (state >>> 24));
            }
        }
    }

    @Override
    public void close() {}
}
