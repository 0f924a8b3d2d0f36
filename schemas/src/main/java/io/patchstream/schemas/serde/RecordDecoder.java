package io.patchstream.schemas.serde;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Reads Avro binary out of a record's own bytes and hands byte fields out as views of them: a picture of 200 KB is neither
 * copied nor allocated again.
 *
 * <p>Avro's decoder does the rest. Views are writable as the record is, and keep it alive; use {@code position},
 * {@code limit} and {@code arrayOffset}, never {@code array()} alone.
 */
final class RecordDecoder extends Decoder {
    private final byte[] record;
    private final int end;
    private final BinaryDecoder in;

    RecordDecoder(byte[] record, int start, int length) {
        this.record = record;
        this.end = start + length;
        this.in = DecoderFactory.get().binaryDecoder(record, start, length, null);
    }

    @Override
    public ByteBuffer readBytes(ByteBuffer old) throws IOException {
        long length = in.readLong();
        int left = in.remainingBytes();
        if (length < 0) {
            throw new AvroRuntimeException("a bytes field says that it has " + length + " bytes");
        }
        if (length > left) {
            throw new EOFException("a bytes field says that it has " + length + " bytes; " + left + " are left");
        }
        int from = end - left;
        in.skipFixed((int) length);
        return ByteBuffer.wrap(record, from, (int) length).slice();
    }

    @Override
    public void readNull() throws IOException {
        in.readNull();
    }

    @Override
    public boolean readBoolean() throws IOException {
        return in.readBoolean();
    }

    @Override
    public int readInt() throws IOException {
        return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
        return in.readLong();
    }

    @Override
    public float readFloat() throws IOException {
        return in.readFloat();
    }

    @Override
    public double readDouble() throws IOException {
        return in.readDouble();
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return in.readString(old);
    }

    @Override
    public String readString() throws IOException {
        return in.readString();
    }

    @Override
    public void skipString() throws IOException {
        in.skipString();
    }

    @Override
    public void skipBytes() throws IOException {
        in.skipBytes();
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) throws IOException {
        in.readFixed(bytes, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        in.skipFixed(length);
    }

    @Override
    public int readEnum() throws IOException {
        return in.readEnum();
    }

    @Override
    public long readArrayStart() throws IOException {
        return in.readArrayStart();
    }

    @Override
    public long arrayNext() throws IOException {
        return in.arrayNext();
    }

    @Override
    public long skipArray() throws IOException {
        return in.skipArray();
    }

    @Override
    public long readMapStart() throws IOException {
        return in.readMapStart();
    }

    @Override
    public long mapNext() throws IOException {
        return in.mapNext();
    }

    @Override
    public long skipMap() throws IOException {
        return in.skipMap();
    }

    @Override
    public int readIndex() throws IOException {
        return in.readIndex();
    }
}
