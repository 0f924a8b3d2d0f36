package io.patchstream.vision.video;

import java.io.IOException;

/** A video could not be opened, read or written; the message names it and the cause. */
public final class VideoException extends IOException {
    private static final long serialVersionUID = 1L;

    public VideoException(String message) {
        super(message);
    }

    /** The message, with FFmpeg's words for {@code code} behind it. */
    static VideoException because(String message, int code) {
        return new VideoException(message + ": " + LibAv.explain(code));
    }
}
