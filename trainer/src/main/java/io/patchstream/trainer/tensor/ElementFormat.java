package io.patchstream.trainer.tensor;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** How a checkpoint stores a number, little-endian. Whatever it is, it is read as float32. */
public enum ElementFormat {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private static final Map<String, ElementFormat> NUMPY = Map.of(
            "<f8", F64, "<f4", F32, "<f2", F16, "|V2", BF16, "<V2", BF16, "<i8", I64, "<i4", I32, "<i2", I16, "|i1", I8,
            "|u1", U8);

    private final int bytes;

    ElementFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** The format with safetensors' name, which is this enum's. */
    public static Optional<ElementFormat> ofSafetensors(String name) {
        for (ElementFormat format : values()) {
            if (format.name().equals(name)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** The format with NumPy's name, such as {@code <f4}. Two raw bytes ({@code |V2}) are JAX's bfloat16. */
    public static Optional<ElementFormat> ofNumpy(String descr) {
        return Optional.ofNullable(NUMPY.get(descr));
    }

    /** Reads the next number of a little-endian buffer. */
    public float next(ByteBuffer buffer) {
        return switch (this) {
            case F64 -> (float) buffer.getDouble();
            case F32 -> buffer.getFloat();
            case F16 -> HalfFloat.toFloat(buffer.getShort());
            case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
            case I64 -> buffer.getLong();
            case I32 -> buffer.getInt();
            case I16 -> buffer.getShort();
            case I8 -> buffer.get();
            case U8, BOOL -> buffer.get() & 0xff;
        };
    }
}
