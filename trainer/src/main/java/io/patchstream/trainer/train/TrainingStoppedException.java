package io.patchstream.trainer.train;

/** A training that cannot go on, such as one whose loss is no number any more. */
public final class TrainingStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingStoppedException(String message) {
        super(message);
    }
}
