package io.patchstream.trainer.export;

import io.patchstream.trainer.tensor.HalfFloat;
import io.patchstream.trainer.tensor.HostTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A constant of a graph: a name, a shape and its elements. Immutable by agreement: nobody writes into its arrays. */
final class Initializer implements ProtoMessage.Payload {
    private static final int CHUNK_BYTES = 1 << 16;

    private final String name;
    private final ElementType type;
    private final long[] shape;
    private final Object elements;

    private Initializer(String name, ElementType type, long[] shape, Object elements) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.elements = elements;
    }

    static Initializer floats(String name, HostTensor tensor) {
        return new Initializer(name, ElementType.FLOAT, tensor.shape(), tensor.values());
    }

    static Initializer scalar(String name, float value) {
        return new Initializer(name, ElementType.FLOAT, new long[0], new float[] {value});
    }

    /** A vector of 64-bit integers. */
    static Initializer longs(String name, long... values) {
        return new Initializer(name, ElementType.INT64, new long[] {values.length}, values.clone());
    }

    /** Takes {@code values} over; {@code type} is UINT8 or INT8. */
    static Initializer bytes(String name, ElementType type, byte[] values, long... shape) {
        return new Initializer(name, type, shape, values);
    }

    /**
     * A FLOAT constant rounded to halves.
     *
     * @throws ExportException when an element is larger than any half, or none
     */
    Initializer halved() {
        float[] floats = floats();
        short[] halves = new short[floats.length];
        for (int i = 0; i < halves.length; i++) {
            if (!(Math.abs(floats[i]) <= HalfFloat.LARGEST)) {
                throw new ExportException(
                        "half precision ends at 65504; " + name + " has " + floats[i] + ": export --precision fp32");
            }
            halves[i] = HalfFloat.of(floats[i]);
        }
        return new Initializer(name, ElementType.FLOAT16, shape, halves);
    }

    /** A FLOAT16 constant as FLOAT, with the same values. */
    Initializer widened() {
        short[] halves = (short[]) elements;
        float[] floats = new float[halves.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = HalfFloat.toFloat(halves[i]);
        }
        return new Initializer(name, ElementType.FLOAT, shape, floats);
    }

    String name() {
        return name;
    }

    ElementType type() {
        return type;
    }

    /** A copy. */
    long[] shape() {
        return shape.clone();
    }

    /** The elements of a FLOAT constant; not a copy. */
    float[] floats() {
        return (float[]) elements;
    }

    @Override
    public long byteSize() {
        return Arrays.stream(shape).reduce(type.byteSize(), Math::multiplyExact);
    }

    /** The elements, little-endian. */
    @Override
    public void writeTo(OutputStream out) throws IOException {
        if (elements instanceof byte[] bytes) {
            out.write(bytes);
            return;
        }
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int count = Math.toIntExact(byteSize() / type.byteSize());
        for (int i = 0; i < count; i++) {
            if (elements instanceof float[] floats) {
                chunk.putFloat(floats[i]);
            } else if (elements instanceof short[] halves) {
                chunk.putShort(halves[i]);
            } else {
                chunk.putLong(((long[]) elements)[i]);
            }
            if (!chunk.hasRemaining()) {
                out.write(chunk.array());
                chunk.clear();
            }
        }
        out.write(chunk.array(), 0, chunk.position());
    }
}
