package io.patchstream.stream.flight;

/** Where decoded pictures go. */
public interface PictureSink {
    /** Takes a picture over; never blocks. */
    void offer(PendingPicture picture);

    /** A frame that was under way has offered its last picture, or will offer none. */
    void settled();
}
