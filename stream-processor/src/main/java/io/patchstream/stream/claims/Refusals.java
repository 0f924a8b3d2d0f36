package io.patchstream.stream.claims;

import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.frame.Stage;
import java.net.URI;

/** Why a payload is not fetched; all of {@link Stage#READ}. */
final class Refusals {
    private Refusals() {}

    static RejectedFrameException of(String code, String message, Throwable cause) {
        return new RejectedFrameException(new Rejected(Stage.READ, code, message), cause);
    }

    /** The operator did not allow it. */
    static RejectedFrameException notAllowed(URI uri, String rule) {
        return of(
                "CLAIM_NOT_ALLOWED",
                "payload " + uri + " may not be fetched: " + rule + " (see docs/settings.md, claims.*)",
                null);
    }

    /** It did not come. */
    static RejectedFrameException unreachable(URI uri, int attempts, String why, Exception cause) {
        return of(
                "CLAIM_UNREACHABLE",
                "payload " + uri + " could not be fetched in " + attempts
                        + (attempts == 1 ? " attempt: " : " attempts: ") + why,
                cause);
    }
}
