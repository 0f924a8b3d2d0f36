package io.patchstream.stream.decode;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.child.DecoderProcess;
import io.patchstream.vision.child.DecoderStart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes in a child process: what kills it or never ends kills no other frame. The frame that did it is tried once more in
 * a fresh child, since a child may also die of something else; then it is rejected, with what became of the child.
 *
 * <p>A child that cannot be started is no frame's fault: after {@value #STARTS} attempts with growing pauses the engine
 * stops. Belongs to one thread.
 */
public final class IsolatedFrameDecoder implements FrameDecoder {
    /** The code of a frame of which two decoders' processes ended. */
    static final String DIED = "DECODER_DIED";

    /** The code of a frame over which two were silent; the last time counts. */
    static final String HUNG = "DECODER_HUNG";

    private static final Logger LOG = LoggerFactory.getLogger(IsolatedFrameDecoder.class);
    private static final int STARTS = 5;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final int MOST_DOUBLINGS = 5;

    private final String program;
    private final DecoderStart start;
    private final Isolation isolation;
    private final byte[] picture;
    // Null when there is none: before the first frame, after a death, after the end.
    private DecoderChild child;
    // Since a frame was answered.
    private int deaths;

    /** For one decode thread, which closes it. */
    @MustBeClosed
    public IsolatedFrameDecoder(DecoderStart start, Isolation isolation) {
        this(DecoderProcess.class.getName(), start, isolation);
    }

    @MustBeClosed
    IsolatedFrameDecoder(String program, DecoderStart start, Isolation isolation) {
        this.program = program;
        this.start = start;
        this.isolation = isolation;
        this.picture = new byte[start.preprocessing().byteSize()];
    }

    @Override
    public void decode(EncodedFrame frame, Slots slots) throws RejectedFrameException, InterruptedException {
        int done = 0;
        for (int attempt = 1; ; attempt++) {
            DecoderChild decoder = running();
            try {
                done = decode(decoder, frame, slots, done);
                deaths = 0;
                return;
            } catch (Broken e) {
                done = e.done;
                child = null;
                decoder.close();
                deaths++;
                LOG.atWarn()
                        .addKeyValue("attempt", attempt)
                        .addKeyValue("fate", decoder.fate())
                        .log("a decoder's process ended over a frame");
                if (attempt == 2) {
                    throw new RejectedFrameException(
                            new FrameOutcome.Rejected(
                                    Stage.DECODE,
                                    decoder.hung() ? HUNG : DIED,
                                    "the decoder's process " + decoder.fate() + " over this frame, as one before it:"
                                            + " send it to the makers of the decoder, not to this topic"),
                            e);
                }
            }
        }
    }

    /**
     * One attempt.
     *
     * @param written how many pictures an attempt before it has written; they come again and are left out
     * @return how many are written now
     */
    private int decode(DecoderChild decoder, EncodedFrame frame, Slots slots, int written)
            throws RejectedFrameException, InterruptedException, Broken {
        int pictures = 0;
        int done = written;
        try {
            decoder.send(PictureFrameDecoder.format(frame.encoding()), frame.payload());
            while (true) {
                switch (decoder.answer()) {
                    case DecoderProcess.PICTURE -> {
                        decoder.read(picture);
                        if (++pictures > done) {
                            ByteBuffer slot = slots.next();
                            slot.put(picture);
                            done++;
                        }
                    }
                    case DecoderProcess.DONE -> {
                        return done;
                    }
                    case DecoderProcess.REFUSED -> {
                        FrameOutcome.Rejected refused =
                                new FrameOutcome.Rejected(Stage.DECODE, decoder.text(), decoder.text());
                        deaths = 0;
                        throw new RejectedFrameException(refused, null);
                    }
                    default -> throw new IOException("it does not speak as it should");
                }
            }
        } catch (IOException e) {
            throw new Broken(done, e);
        } catch (InterruptedException | RuntimeException e) {
            // What it still says of this frame nobody reads.
            child = null;
            decoder.close();
            throw e;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // close() closes it, or decode() when it is broken.
    private DecoderChild running() throws InterruptedException {
        if (child == null && deaths > 0) {
            pause(deaths);
        }
        for (int attempt = 1; child == null; attempt++) {
            try {
                child = new DecoderChild(program, start, isolation);
                LOG.atDebug().addKeyValue("pid", child.pid()).log("a decoder's process is ready");
            } catch (IOException e) {
                if (attempt == STARTS) {
                    throw new EngineStoppedException(
                            "a decoder's process cannot be started: " + e.getMessage()
                                    + "; see decode.isolation.memory, or set decode.isolation=none",
                            e);
                }
                pause(attempt);
            }
        }
        return child;
    }

    private static void pause(int times) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(FIRST_PAUSE_MILLIS << Math.min(times - 1, MOST_DOUBLINGS));
    }

    @Override
    public void close() {
        if (child != null) {
            child.close();
            child = null;
        }
    }

    /** The child said nothing more. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private final int done;

        private Broken(int done, IOException cause) {
            super(cause);
            this.done = done;
        }
    }
}
