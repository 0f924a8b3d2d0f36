package io.patchstream.schemas.serde;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Confluent's wire format: byte 0 is zero, bytes 1 to 4 the schema id with the high byte first, the rest Avro binary.
 *
 * <p>Confluent's newer way, a GUID in the record header {@code __key_schema_id} or {@code __value_schema_id} and no prefix, is
 * recognised and refused.
 */
public final class WireFormat {
    /** The first byte of every record. */
    public static final byte MAGIC = 0;

    /** What lies before the Avro binary. */
    public static final int HEADER_BYTES = 5;

    /** In which header Confluent's newer way puts a schema's GUID: before this, {@code __key} or {@code __value}. */
    static final String HEADER_SUFFIX = "_schema_id";

    private WireFormat() {}

    /** Whether these bytes can be in wire format, by their first byte and length. */
    public static boolean isFramed(byte[] record) {
        return record.length >= HEADER_BYTES && record[0] == MAGIC;
    }

    /**
     * Reads the header and leaves the buffer at the Avro binary.
     *
     * @return the schema id
     * @throws WireFormatException if the record is too short or begins with another byte
     */
    public static int readHeader(ByteBuffer record) {
        if (record.remaining() < HEADER_BYTES) {
            throw new WireFormatException(
                    "record has " + record.remaining() + " bytes; Confluent's wire format has at least " + HEADER_BYTES
                            + ": a zero byte and a 4-byte schema id");
        }
        byte first = record.get(record.position());
        if (first != MAGIC) {
            throw new WireFormatException(String.format(
                    Locale.ROOT,
                    "record begins with 0x%02x; Confluent's wire format begins with 0x00%s",
                    first,
                    guess(record)));
        }
        record.get();
        return record.getInt();
    }

    static void writeHeader(int schemaId, byte[] record) {
        ByteBuffer.wrap(record).put(MAGIC).putInt(schemaId);
    }

    private static String guess(ByteBuffer record) {
        int start = record.getInt(record.position());
        if (start >>> 8 == 0xFFD8FF) {
            return "; this looks like a plain JPEG";
        }
        if (start == 0x89504E47) {
            return "; this looks like a plain PNG";
        }
        return switch (start >>> 24) {
            case '{', '[' -> "; this looks like JSON";
            default -> "";
        };
    }
}
