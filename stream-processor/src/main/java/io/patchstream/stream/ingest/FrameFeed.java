package io.patchstream.stream.ingest;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.util.Optional;

/** Pictures from one source, encoded, in order. Read and closed by one thread. */
public interface FrameFeed extends AutoCloseable {

    /** Where feeds come from: a source that can be opened again. */
    interface Source {
        /**
         * Opens it from its beginning, or, if it is live, from now; the caller closes the feed.
         *
         * @throws IOException when it is not there, or is no source of pictures
         */
        @MustBeClosed
        FrameFeed open() throws IOException;

        /** Whether it flows by itself: then it is not paced, an end is a failure, and failures pass. */
        boolean live();
    }

    /**
     * The next record's pictures; empty at the end.
     *
     * @throws IOException when the source fails; it must be opened anew
     */
    Optional<EncodedPictures> next() throws IOException;

    /** From any thread: {@link #next} comes back soon, with an exception if it has to. */
    default void abort() {}

    @Override
    void close() throws IOException;
}
