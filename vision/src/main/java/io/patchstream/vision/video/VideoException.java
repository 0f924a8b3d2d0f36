package io.patchstream.vision.video;

import java.io.IOException;

/** A video could not be opened, read or written; the message names it and the cause. */
public final class VideoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean loginRefused;

    public VideoException(String message) {
        this(message, false);
    }

    VideoException(String message, boolean loginRefused) {
        super(message);
        this.loginRefused = loginRefused;
    }

    /** Whether user or password were refused: to try again is of no use, and cameras lock those out who do. */
    public boolean loginRefused() {
        return loginRefused;
    }

    /** The message, with FFmpeg's words for {@code code} behind it. */
    static VideoException because(String message, int code) {
        return new VideoException(message + ": " + LibAv.explain(code));
    }
}
