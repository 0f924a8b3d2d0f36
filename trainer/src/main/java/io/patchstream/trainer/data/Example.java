package io.patchstream.trainer.data;

import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.SegmentDecoder;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import io.patchstream.vision.examples.ManifestRow;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One labelled picture, wherever it lies.
 *
 * @param row what is known of it
 * @param where it is listed, for messages: the file and the line
 * @param content its encoded bytes
 */
public record Example(ManifestRow row, String where, Content content) {
    /** Encoded bytes that are read when they are wanted, from any thread. */
    @FunctionalInterface
    public interface Content {
        byte[] read() throws IOException;
    }

    /**
     * The encoded bytes, which have the row's hash if it has one.
     *
     * @throws IOException when they cannot be read, or are others than when the hash was taken
     */
    public byte[] bytes() throws IOException {
        byte[] bytes;
        try {
            bytes = content.read();
        } catch (IOException e) {
            throw new IOException(where + ": " + row.key() + " cannot be read: " + e.getMessage(), e);
        }
        if (!row.sha256().isEmpty()) {
            String sha256 = Sha256.of(bytes);
            if (!sha256.equals(row.sha256())) {
                throw new IOException(where + ": " + row.key() + " has SHA-256 " + sha256 + ", not " + row.sha256()
                        + ": it was changed after it was listed");
            }
        }
        return bytes;
    }

    /** The picture as serving decodes it; of a segment of video, the one that the row names. */
    public RgbImage image() throws IOException {
        return decode(bytes());
    }

    /** The same from bytes that were read before. */
    RgbImage decode(byte[] bytes) throws IOException {
        try {
            ByteBuffer encoded = ByteBuffer.wrap(bytes);
            PictureFormat format = PictureFormat.tell(encoded).orElse(PictureFormat.JPEG);
            return format.isStill() ? still(bytes) : ofSegment(encoded, format);
        } catch (UndecodableException e) {
            throw new IOException(where + ": " + row.key() + " cannot be decoded: " + e.getMessage(), e);
        }
    }

    private RgbImage still(byte[] bytes) throws IOException, UndecodableException {
        if (row.picture() > 0) {
            throw new IOException(where + ": " + row.uri() + " is a still; it has no picture " + row.picture());
        }
        try (ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            return decoder.decode(bytes);
        }
    }

    private RgbImage ofSegment(ByteBuffer encoded, PictureFormat format) throws IOException, UndecodableException {
        int[] seen = {0};
        RgbImage[] found = new RgbImage[1];
        try (SegmentDecoder decoder = new SegmentDecoder(DecodeLimits.defaults())) {
            decoder.decode(encoded, format, picture -> {
                if (seen[0]++ == row.picture()) {
                    found[0] = picture;
                }
            });
        }
        if (found[0] == null) {
            throw new IOException(
                    where + ": " + row.uri() + " has " + seen[0] + " pictures; there is no picture " + row.picture());
        }
        return found[0];
    }

    /** What must stay together with others. */
    Origin origin() {
        return new Origin(row.key(), row.group(), row.camera(), row.time());
    }

    /** The same picture with more known of it. */
    public Example as(ManifestRow known) {
        return new Example(known, where, content);
    }
}
