package io.patchstream.stream.ingest;

import static java.util.Objects.requireNonNull;

import io.patchstream.schemas.Encoding;
import java.nio.ByteBuffer;

/**
 * What one record will carry: a still, or a closed group of pictures. Times are on the feed's own line, from its first
 * picture.
 *
 * @param encoding how the bytes are encoded
 * @param payload the bytes; nobody writes into them
 * @param pictures how many pictures they hold
 * @param firstMicros when the first picture is shown
 * @param lastMicros when the last one is
 */
public record EncodedPictures(Encoding encoding, ByteBuffer payload, int pictures, long firstMicros, long lastMicros) {
    public EncodedPictures {
        requireNonNull(encoding, "encoding");
        requireNonNull(payload, "payload");
        if (pictures < 1 || lastMicros < firstMicros) {
            throw new IllegalArgumentException(
                    pictures + " pictures from " + firstMicros + " to " + lastMicros + " µs make no record");
        }
    }
}
