package io.patchstream.stream.page;

import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameSource;
import java.util.Optional;

/**
 * An answer that passed.
 *
 * @param source where its frame came from
 * @param camera whose it is, by the record's key; may be empty
 * @param outcome the answer
 * @param picture the encoded frame, when its picture is wanted
 * @param times how long it took
 * @param answeredAtMicros when: microseconds since the epoch
 */
record Sighting(
        FrameSource source,
        String camera,
        FrameOutcome outcome,
        Optional<EncodedFrame> picture,
        Times times,
        long answeredAtMicros)
        implements Happening {

    /**
     * Where a frame's time went, in nanoseconds.
     *
     * @param waited from its being polled to its being read
     * @param read envelope, schema, claim check
     * @param rest decoding, waiting for a batch, the model, its turn in the order
     */
    record Times(long waited, long read, long rest) {}
}
