package io.patchstream.stream.frame;

/** The engine cannot answer any more, and no frame is at fault: the process must stop, and nothing be published. */
public final class EngineStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EngineStoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
