package io.patchstream.vision.child;

import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.encoded.UndecodableException;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;

/**
 * The program of a decoder's process. Hears frames on standard input and answers on standard output, big-endian:
 *
 * <pre>
 *   frame    := format (int: the ordinal of its PictureFormat, or -1 to tell it by the bytes), length (int), its bytes
 *   answer   := READY once, at the start; then for each frame PICTURE*, and DONE or REFUSED
 *   PICTURE  := 1 (byte), the prepared picture
 *   DONE     := 2 (byte)
 *   REFUSED  := 3 (byte), code (UTF), message (UTF)
 *   READY    := 4 (byte)
 * </pre>
 *
 * <p>It ends when its standard input does, whatever it is doing: its parent is gone then.
 */
public final class DecoderProcess {
    public static final int PICTURE = 1;
    public static final int DONE = 2;
    public static final int REFUSED = 3;
    public static final int READY = 4;

    /** The most of a message that is sent; the format takes 65,535 bytes of up to three for each. */
    private static final int MESSAGE = 20_000;

    /** Decodes one frame. */
    @FunctionalInterface
    public interface Decoding {
        int decode(ByteBuffer payload, Optional<PictureFormat> format, PictureDecoder.Slots slots)
                throws UndecodableException;
    }

    private record Frame(Optional<PictureFormat> format, ByteBuffer payload) {}

    private final DataOutputStream out;
    private final ByteBuffer slot;
    private boolean written;

    private DecoderProcess(DataOutputStream out, int pictureBytes) {
        this.out = out;
        this.slot = ByteBuffer.allocate(pictureBytes);
    }

    /** Serves until its standard input ends. */
    public static void main(String[] arguments) throws Exception {
        DecoderStart start = DecoderStart.parse(arguments);
        try (PictureDecoder decoder = new PictureDecoder(start.preprocessing(), start.limits(), start.scale())) {
            serve(start, decoder::decode);
        }
    }

    /** Serves with a decoding of the caller's. */
    public static void serve(DecoderStart start, Decoding decoding) throws Exception {
        DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16));
        SynchronousQueue<Frame> frames = new SynchronousQueue<>();
        Thread reader = new Thread(() -> read(frames), "reader");
        reader.setDaemon(true);
        reader.start();
        out.writeByte(READY);
        out.flush();
        DecoderProcess process = new DecoderProcess(out, start.preprocessing().byteSize());
        while (true) {
            process.answer(frames.take(), decoding);
        }
    }

    /** Never returns; a thread of its own, so that the end is seen while a frame is being decoded. */
    private static void read(SynchronousQueue<Frame> frames) {
        try (DataInputStream in = new DataInputStream(new FileInputStream(FileDescriptor.in))) {
            while (true) {
                int format = in.readInt();
                byte[] payload = new byte[in.readInt()];
                in.readFully(payload);
                frames.put(new Frame(
                        format < 0 ? Optional.empty() : Optional.of(PictureFormat.values()[format]),
                        ByteBuffer.wrap(payload)));
            }
        } catch (EOFException e) {
            Runtime.getRuntime().halt(0);
        } catch (IOException | InterruptedException | RuntimeException | OutOfMemoryError e) {
            Runtime.getRuntime().halt(3);
        }
    }

    private void answer(Frame frame, Decoding decoding) throws IOException {
        written = true;
        try {
            decoding.decode(frame.payload(), frame.format(), this::next);
            send();
            out.writeByte(DONE);
        } catch (UndecodableException e) {
            // A slot that was asked for when the frame was refused was not written.
            out.writeByte(REFUSED);
            out.writeUTF(e.code().name());
            String message = e.getMessage();
            out.writeUTF(message.length() > MESSAGE ? message.substring(0, MESSAGE) : message);
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(3);
        }
        out.flush();
    }

    private ByteBuffer next() {
        try {
            send();
        } catch (IOException e) {
            // Nobody hears.
            Runtime.getRuntime().halt(0);
        }
        written = false;
        return slot.clear();
    }

    /** Sends the picture that was written since the last was asked for. */
    private void send() throws IOException {
        if (!written) {
            out.writeByte(PICTURE);
            out.write(slot.array());
            written = true;
        }
    }
}
