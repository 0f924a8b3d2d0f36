package io.patchstream.trainer.export;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A protocol buffers message, read field by field: the way back from {@link ProtoMessage}. */
final class ProtoFields {
    private ProtoFields() {}

    /** Sees a field of a message. */
    @FunctionalInterface
    interface Field {
        /**
         * @param whole the value of a varint; else 0
         * @param bytes the value of a length-delimited field; else empty
         */
        void see(int number, long whole, ByteBuffer bytes);
    }

    /**
     * Each field in its order; those of fixed size are passed over.
     *
     * @throws BufferUnderflowException when the message is cut off
     * @throws IllegalArgumentException when it is none
     */
    static void each(ByteBuffer given, Field field) {
        ByteBuffer message = given.duplicate();
        ByteBuffer nothing = ByteBuffer.allocate(0);
        while (message.hasRemaining()) {
            long key = varint(message);
            int number = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case 0 -> field.see(number, varint(message), nothing);
                case 1 -> taken(message, Long.BYTES);
                case 2 -> field.see(number, 0, taken(message, varint(message)));
                case 5 -> taken(message, Integer.BYTES);
                default -> throw new IllegalArgumentException("wire type " + (key & 7) + " is not protobuf's");
            }
        }
    }

    static String text(ByteBuffer bytes) {
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
