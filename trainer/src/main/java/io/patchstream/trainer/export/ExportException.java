package io.patchstream.trainer.export;

/** A model cannot be exported as asked. The message says why and what to do; nothing has been written. */
public final class ExportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExportException(String message) {
        super(message);
    }

    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
