package io.patchstream.vision.model;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A protocol buffers message, read field by field, as far as ONNX files need it: numbers and what has a length. */
public final class ProtoFields {
    private ProtoFields() {}

    /** Sees a number. */
    @FunctionalInterface
    public interface NumberField {
        void see(int field, long value);
    }

    /** Sees what has a length: a text, bytes or a message. */
    @FunctionalInterface
    public interface BytesField {
        void see(int field, ByteBuffer value);
    }

    /**
     * Each field that has a length, in their order; the others are passed over.
     *
     * @throws BufferUnderflowException when the message is cut off
     * @throws IllegalArgumentException when it is none
     */
    public static void each(ByteBuffer message, BytesField bytes) {
        each(message, (field, value) -> {}, bytes);
    }

    /** As {@link #each(ByteBuffer, BytesField)}, with numbers; those of fixed size are passed over. */
    public static void each(ByteBuffer given, NumberField number, BytesField bytes) {
        ByteBuffer message = given.duplicate();
        while (message.hasRemaining()) {
            long key = varint(message);
            int field = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case 0 -> number.see(field, varint(message));
                case 1 -> taken(message, Long.BYTES);
                case 2 -> bytes.see(field, taken(message, varint(message)));
                case 5 -> taken(message, Integer.BYTES);
                default -> throw new IllegalArgumentException("wire type " + (key & 7) + " is not protobuf's");
            }
        }
    }

    public static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static ByteBuffer taken(ByteBuffer message, long length) {
        if (length < 0 || length > message.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer value = message.slice(message.position(), (int) length);
        message.position(message.position() + (int) length);
        return value;
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = message.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is longer than 64 bits");
    }
}
