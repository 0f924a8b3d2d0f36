package io.patchstream.stream.ingest;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A source whose every opening gives the same few pictures, 100 ms apart, and then ends or breaks. */
final class FakeSource implements FrameFeed.Source {
    private final boolean live;
    private final int pictures;
    private final int openingsThatFail;
    int opened;
    int closed;

    FakeSource(boolean live, int pictures, int openingsThatFail) {
        this.live = live;
        this.pictures = pictures;
        this.openingsThatFail = openingsThatFail;
    }

    @Override
    public boolean live() {
        return live;
    }

    @Override
    @MustBeClosed
    public FrameFeed open() throws IOException {
        opened++;
        if (opened <= openingsThatFail) {
            throw new IOException("connection refused");
        }
        return new FrameFeed() {
            private int next;

            @Override
            public Optional<EncodedPictures> next() throws IOException {
                if (next == pictures) {
                    if (live) {
                        throw new IOException("connection reset");
                    }
                    return Optional.empty();
                }
                long micros = 100_000L * next;
                ByteBuffer payload = ByteBuffer.wrap(new byte[] {(byte) next++});
                return Optional.of(new EncodedPictures(Encoding.JPEG, payload, 1, micros, micros));
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }
}
