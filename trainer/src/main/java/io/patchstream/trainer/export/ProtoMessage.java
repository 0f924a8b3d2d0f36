package io.patchstream.trainer.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A protocol buffers message being written: its fields in order. Its size is known before its first byte, so that
 * gigabytes of weights stream from the arrays they lie in.
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    /** Bytes that know how many they are before they are written. */
    interface Payload {
        long byteSize();

        void writeTo(OutputStream out) throws IOException;
    }

    private final List<Payload> fields = new ArrayList<>();
    private long byteSize;

    ProtoMessage integer(int field, long value) {
        byte[] key = varint((long) field << 3 | VARINT);
        return append(new Bytes(concat(key, varint(value))));
    }

    ProtoMessage real(int field, float value) {
        byte[] key = varint((long) field << 3 | FIXED_32);
        byte[] bits = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array();
        return append(new Bytes(concat(key, bits)));
    }

    ProtoMessage text(int field, String value) {
        return payload(field, new Bytes(value.getBytes(StandardCharsets.UTF_8)));
    }

    /** The message is taken as it is now; fields that are added to it later are lost. */
    ProtoMessage message(int field, ProtoMessage value) {
        return payload(field, value.payload());
    }

    ProtoMessage payload(int field, Payload value) {
        byte[] key = varint((long) field << 3 | LENGTH_DELIMITED);
        append(new Bytes(concat(key, varint(value.byteSize()))));
        return append(value);
    }

    long byteSize() {
        return byteSize;
    }

    void writeTo(OutputStream out) throws IOException {
        for (Payload field : fields) {
            field.writeTo(out);
        }
    }

    private Payload payload() {
        List<Payload> parts = List.copyOf(fields);
        long size = byteSize;
        return new Payload() {
            @Override
            public long byteSize() {
                return size;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                for (Payload part : parts) {
                    part.writeTo(out);
                }
            }
        };
    }

    private ProtoMessage append(Payload payload) {
        fields.add(payload);
        byteSize = Math.addExact(byteSize, payload.byteSize());
        return this;
    }

    /** Base 128, the low seven bits first; a negative number takes ten bytes. */
    private static byte[] varint(long value) {
        byte[] bytes = new byte[10];
        int length = 0;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return java.util.Arrays.copyOf(bytes, length);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static final class Bytes implements Payload {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long byteSize() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }
}
