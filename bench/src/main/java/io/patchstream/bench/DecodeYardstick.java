package io.patchstream.bench;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.PictureDecoder;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.PictureFormat;
import io.patchstream.vision.model.Preprocessing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** Decoding and preprocessing alone, on one thread: what a pipeline's frames must take before they are a model's input. */
final class DecodeYardstick implements AutoCloseable {
    private final PictureDecoder decoder;
    private final Rounds.Work decoding;

    /** @param pictures JPEGs, taken in turn */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the decoder.
    DecodeYardstick(Preprocessing preprocessing, List<ByteBuffer> pictures) {
        this.decoder = new PictureDecoder(preprocessing, DecodeLimits.defaults(), DecodeScale.FULL);
        this.decoding = DecodeBench.decoding(decoder, pictures, PictureFormat.JPEG, preprocessing.byteSize());
    }

    /** Pictures a second of one thread. */
    double perSecond(Duration each) throws Exception {
        return Rounds.measure(decoding, each).perSecond();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
