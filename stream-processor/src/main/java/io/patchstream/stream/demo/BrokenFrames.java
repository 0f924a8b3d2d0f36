package io.patchstream.stream.demo;

import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.apache.kafka.common.serialization.Serializer;

/** Makes the records that the demo breaks on purpose, one of each kind. */
final class BrokenFrames {
    /** In which way a record is broken. */
    enum Kind {
        TRUNCATED_JPEG("a JPEG that ends in its middle"),
        UNKNOWN_SCHEMA("a record of a schema that no registry knows"),
        DECOMPRESSION_BOMB("a PNG of 50,000 x 50,000 pixels in 60 bytes"),
        NO_KEYFRAME("an H.264 segment without its keyframe");

        private final String says;

        Kind(String says) {
            this.says = says;
        }

        String says() {
            return says;
        }
    }

    private static final int NAL_TYPE = 0x1F;
    private static final int NAL_SLICE = 1;

    private final Serializer<Object> serializer;
    private final String topic;
    private final byte[] jpeg;
    private final byte[] segment;

    /**
     * From healthy pictures.
     *
     * @param serializer of {@link Frame}s; borrowed
     * @param jpeg a still
     * @param segment a closed group of at least two pictures, H.264 in Annex B form
     */
    BrokenFrames(Serializer<Object> serializer, String topic, byte[] jpeg, byte[] segment) {
        this.serializer = serializer;
        this.topic = topic;
        this.jpeg = jpeg;
        this.segment = segment;
    }

    /** A record's value; another one at each call. */
    byte[] record(Kind kind, String camera) {
        return switch (kind) {
            case TRUNCATED_JPEG -> frame(camera, Encoding.JPEG, 1, Arrays.copyOf(jpeg, jpeg.length / 2));
            case UNKNOWN_SCHEMA -> unknownSchema();
            case DECOMPRESSION_BOMB -> frame(camera, Encoding.PNG, 1, bomb());
            case NO_KEYFRAME -> frame(camera, Encoding.H264, 1, withoutKeyframe());
        };
    }

    private byte[] frame(String camera, Encoding encoding, int pictures, byte[] payload) {
        return serializer.serialize(
                topic,
                Frame.newBuilder()
                        .setFrameId("broken-" + UUID.randomUUID())
                        .setCameraId(camera)
                        .setSequence(-1)
                        .setCapturedAt(Instant.now())
                        .setEncoding(encoding)
                        .setPictures(pictures)
                        .setPayload(ByteBuffer.wrap(payload))
                        .setAttributes(Map.of())
                        .build());
    }

    private static byte[] unknownSchema() {
        byte[] noise = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(5 + noise.length)
                .put((byte) 0)
                .putInt(Integer.MAX_VALUE)
                .put(noise)
                .array();
    }

    /** A valid PNG whose header asks for 7.5 GB. */
    private static byte[] bomb() {
        ByteBuffer header = ByteBuffer.allocate(13).putInt(50_000).putInt(50_000);
        header.put(new byte[] {8, 2, 0, 0, 0});
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(new byte[1024]);
            deflater.finish();
            byte[] data = new byte[64];
            int length = deflater.deflate(data);
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
            png.writeBytes(chunk("IHDR", header.array()));
            png.writeBytes(chunk("IDAT", Arrays.copyOf(data, length)));
            png.writeBytes(chunk("IEND", new byte[0]));
            return png.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] chunk(String type, byte[] data) {
        CRC32 crc = new CRC32();
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        crc.update(name);
        crc.update(data);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(data.length);
            out.write(name);
            out.write(data);
            out.writeInt((int) crc.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException("memory is no device that fails", e);
        }
        return bytes.toByteArray();
    }

    /** What is left of the segment when parameter sets and keyframe are taken out: slices that lean on them. */
    private byte[] withoutKeyframe() {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        int unit = startCode(segment, 0);
        while (unit < segment.length) {
            int next = startCode(segment, unit + 3);
            if ((segment[unit + 3] & NAL_TYPE) == NAL_SLICE) {
                rest.write(0);
                rest.write(segment, unit, next - unit);
            }
            unit = next;
        }
        return rest.toByteArray();
    }

    /** Where the next 00 00 01 begins, or the end. */
    private static int startCode(byte[] bytes, int from) {
        for (int i = from; i + 3 < bytes.length; i++) {
            if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) {
                return i;
            }
        }
        return bytes.length;
    }
}
