package io.patchstream.stream.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.AlarmPicture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * What a store keeps of a rule and a camera. Not in Avro's own form: that names its schema by a hash, and another release's
 * could not be read.
 *
 * @param rule the fingerprint of the rule that it was remembered by; to another rule it says nothing
 * @param state what it remembers
 */
public record RuleMemory(long rule, RuleState state) {
    private static final byte WATCHING = 1;
    private static final byte RAISED = 2;

    /** For a store. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            if (state instanceof Raised raised) {
                out.writeByte(RAISED);
                out.writeLong(rule);
                out.writeLong(raised.now());
                out.writeLong(raised.last());
                write(raised.raisedBy(), out);
            } else {
                Watching watching = (Watching) state;
                out.writeByte(WATCHING);
                out.writeLong(rule);
                out.writeLong(watching.now());
                out.writeLong(watching.window());
                out.writeLong(watching.since());
                out.writeLong(watching.quietUntil());
                write(watching.shown(), out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * What {@link #toBytes} wrote.
     *
     * @throws IllegalStateException when another release wrote it in another form
     */
    public static RuleMemory of(byte[] stored) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
            byte form = in.readByte();
            long rule = in.readLong();
            if (form == RAISED) {
                return new RuleMemory(rule, new Raised(in.readLong(), in.readLong(), pictures(in)));
            } else if (form == WATCHING) {
                long now = in.readLong();
                long window = in.readLong();
                long since = in.readLong();
                long quietUntil = in.readLong();
                return new RuleMemory(rule, new Watching(now, window, pictures(in), since, quietUntil));
            }
            throw new IllegalStateException(
                    "what is remembered of a rule has form " + form
                            + ", which this Patchstream does not know: go back to the one that wrote it, or delete the changelog");
        } catch (IOException e) {
            throw new UncheckedIOException("what is remembered of a rule is cut off", e);
        }
    }

    private static void write(List<AlarmPicture> pictures, DataOutputStream out) throws IOException {
        out.writeInt(pictures.size());
        for (AlarmPicture picture : pictures) {
            write(picture.getFrameId(), out);
            out.writeInt(picture.getPicture());
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, picture.getCapturedAt()));
            write(picture.getLabel(), out);
            out.writeFloat(picture.getProbability());
            write(picture.getModel(), out);
            write(picture.getModelSha256(), out);
            write(picture.getSourceTopic(), out);
            out.writeInt(picture.getSourcePartition());
            out.writeLong(picture.getSourceOffset());
        }
    }

    private static List<AlarmPicture> pictures(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<AlarmPicture> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pictures.add(new AlarmPicture(
                    text(in),
                    in.readInt(),
                    Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS),
                    text(in),
                    in.readFloat(),
                    text(in),
                    text(in),
                    text(in),
                    in.readInt(),
                    in.readLong()));
        }
        return pictures;
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), UTF_8);
    }
}
