package io.patchstream.stream.decode;

import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.PendingPicture;
import io.patchstream.stream.flight.PictureSink;
import io.patchstream.stream.flight.PixelPool;
import io.patchstream.stream.flight.Tenure;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one {@code decode-N} thread: take a frame, read its record, decode its pictures into leased slots, offer
 * each as soon as it is written. All of a frame is decoded for the model that is in force when its decoding begins.
 *
 * <p>A frame that the decoder rejects is the frame's fault. An exception that the decoder does not declare is taken as the
 * frame's fault too, and the decoder is replaced; but when frame after frame ends so, it is ours, and the engine stops.
 */
final class DecodeLoop implements Runnable {
    /** The code of a frame on which the decoder broke. */
    static final String DECODER_FAULT = "DECODER_FAULT";

    private static final Logger LOG = LoggerFactory.getLogger(DecodeLoop.class);
    private static final int FAULTS_IN_SUCCESSION = 16;

    /** Where frames come from. */
    interface Frames {
        /** The next one; waits for it. */
        PendingFrame take() throws InterruptedException;

        /** A frame that was taken was too late: its camera has its turn again. */
        void missed(PendingFrame frame);
    }

    private final Frames frames;
    private final Function<Preprocessing, FrameDecoder> decoders;
    private final Supplier<Tenure> inForce;
    private final PixelPool pool;
    private final PictureSink sink;
    // Null before the first frame.
    private FrameDecoder decoder;
    private Preprocessing preprocessing;
    private int faults;

    DecodeLoop(
            Frames frames,
            Function<Preprocessing, FrameDecoder> decoders,
            Supplier<Tenure> inForce,
            PixelPool pool,
            PictureSink sink) {
        this.frames = frames;
        this.decoders = decoders;
        this.inForce = inForce;
        this.pool = pool;
        this.sink = sink;
    }

    @Override
    public void run() {
        try {
            while (true) {
                PendingFrame frame = frames.take();
                try {
                    if (frame.dropIfLate(0)) {
                        frames.missed(frame);
                    } else {
                        decode(frame);
                    }
                } finally {
                    sink.settled();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeDecoder();
        }
    }

    private void decode(PendingFrame frame) throws InterruptedException {
        EncodedFrame encoded;
        try {
            encoded = frame.read();
        } catch (RejectedFrameException e) {
            frame.rejected(e.rejected());
            return;
        } catch (RuntimeException e) {
            // Not the record's fault, or the reader would have said so: a registry or a store that is down.
            frame.failed(new EngineStoppedException("a record could not be read: " + e.getMessage(), e));
            return;
        }
        Tenure tenure = inForce.get();
        try {
            decode(frame, encoded, tenure);
        } finally {
            tenure.release();
        }
    }

    private void decode(PendingFrame frame, EncodedFrame encoded, Tenure tenure) throws InterruptedException {
        decodeFor(tenure.preprocessing());
        try (Pictures pictures = new Pictures(frame, tenure)) {
            decoder.decode(encoded, pictures);
            if (pictures.count > 0) {
                // While it is ours: a batch may begin with it as soon as it is handed over.
                frame.written();
            }
            pictures.handOver();
            faults = 0;
            if (pictures.count == 0) {
                frame.rejected(new FrameOutcome.Rejected(
                        Stage.DECODE, "NO_PICTURE", "the frame holds no picture; send at least one"));
            } else {
                frame.decoded(pictures.count);
            }
        } catch (RejectedFrameException e) {
            faults = 0;
            frame.rejected(e.rejected());
        } catch (CancellationException e) {
            // The frame was cancelled or the engine is closing: nobody waits for it.
            LOG.atDebug().setCause(e).log("decoding was given up");
        } catch (EngineStoppedException e) {
            // The decoder says that it is not the frame's fault.
            throw e;
        } catch (RuntimeException e) {
            fault(frame, e);
        }
    }

    private void decodeFor(Preprocessing wanted) {
        if (!wanted.equals(preprocessing)) {
            closeDecoder();
            decoder = decoders.apply(wanted);
            preprocessing = wanted;
        }
    }

    private void closeDecoder() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
            preprocessing = null;
        }
    }

    private void fault(PendingFrame frame, RuntimeException e) {
        LOG.atError().addKeyValue("topic", frame.source().topic()).setCause(e).log("the decoder broke on a frame");
        closeDecoder();
        if (++faults >= FAULTS_IN_SUCCESSION) {
            throw new EngineStoppedException(
                    "the decoder broke on " + faults + " frames in succession; the last time: " + e.getMessage(), e);
        }
        frame.rejected(new FrameOutcome.Rejected(Stage.DECODE, DECODER_FAULT, "the decoder broke on this frame: " + e));
    }

    /** The pictures of one frame: the slot being written is ours, those before it were handed over. */
    private final class Pictures implements FrameDecoder.Slots, AutoCloseable {
        private final PendingFrame frame;
        private final Tenure tenure;
        private PendingPicture current;
        private int count;

        private Pictures(PendingFrame frame, Tenure tenure) {
            this.frame = frame;
            this.tenure = tenure;
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // PendingPicture owns the slot; close() or the sink frees it.
        public ByteBuffer next() throws InterruptedException {
            handOver();
            if (frame.isDone()) {
                throw new CancellationException("the frame is over");
            }
            current = new PendingPicture(
                    frame, count++, pool.lease(tenure.preprocessing().byteSize()), tenure);
            return current.pixels();
        }

        private void handOver() {
            if (current != null) {
                sink.offer(current);
                current = null;
            }
        }

        @Override
        public void close() {
            if (current != null) {
                current.close();
                current = null;
            }
        }
    }
}
