package io.patchstream.stream.topology;

import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import io.patchstream.stream.publish.SourcePosition;

/** Why a record cannot be read; all of {@link Stage#READ}. */
final class Rejections {
    private Rejections() {}

    static RejectedFrameException tombstone(SourcePosition source) {
        return of(
                "TOMBSTONE",
                "record " + source + " has no value; a frame needs one, and a frames topic must not be compacted",
                null);
    }

    static RejectedFrameException of(String code, String message, Throwable cause) {
        return new RejectedFrameException(new Rejected(Stage.READ, code, message), cause);
    }
}
