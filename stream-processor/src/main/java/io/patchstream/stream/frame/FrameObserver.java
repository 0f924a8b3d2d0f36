package io.patchstream.stream.frame;

/**
 * Told of a frame's way through the engine, on the engine's threads, which it must not hold up. What is done again, because
 * a device failed, is told again.
 */
public interface FrameObserver {
    /** Listens to nothing. */
    FrameObserver NONE = new FrameObserver() {};

    /** It is read and decoded from now on. */
    default void decoding() {}

    /** All of it is decoded. */
    default void decoded() {}

    /** A batch of {@code size} pictures begins, with a picture of this frame. */
    default void inferring(int size) {}

    /** It has its outcome, whichever; the first call counts. */
    default void over() {}
}
