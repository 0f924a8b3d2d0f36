package io.patchstream.vision.video;

import io.patchstream.vision.RgbImage;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/**
 * Makes closed groups of pictures: each segment is H.264 in Annex B form, begins with its parameter sets and an IDR
 * picture, and decodes without any other. Used by one thread.
 */
public final class SegmentEncoder implements AutoCloseable {
    private final H264Encoder encoder;

    /**
     * An encoder for pictures of one size; the caller closes it. A last odd row or column is left out.
     *
     * @param quantiser 1 (best) to 51; 26 is good
     * @throws VideoException when this machine's FFmpeg cannot encode
     */
    public SegmentEncoder(int width, int height, int framesPerSecond, int quantiser) throws VideoException {
        encoder = new H264Encoder(width, height, framesPerSecond, quantiser, false);
    }

    /** One segment of these pictures, in order; at least one. */
    public byte[] encode(List<RgbImage> pictures) throws VideoException {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("a segment has at least one picture");
        }
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        int[] packets = new int[1];
        boolean first = true;
        for (RgbImage picture : pictures) {
            encoder.encode(picture, first, packet -> {
                byte[] bytes = new byte[packet.size()];
                BytePointer data = packet.data();
                data.get(bytes);
                segment.writeBytes(bytes);
                packets[0]++;
            });
            first = false;
        }
        // The encoder has no delay: were it to change, a segment would lose its tail, and we must hear of it.
        if (packets[0] != pictures.size()) {
            throw new VideoException(
                    "the H.264 encoder gave " + packets[0] + " packets for " + pictures.size() + " pictures");
        }
        return segment.toByteArray();
    }

    /** May be called twice. */
    @Override
    public void close() {
        encoder.close();
    }
}
