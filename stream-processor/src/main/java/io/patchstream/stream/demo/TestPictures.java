package io.patchstream.stream.demo;

import io.patchstream.stream.ingest.EncodedPictures;
import io.patchstream.stream.ingest.FrameFeed;
import io.patchstream.stream.ingest.VideoFeed;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoLimits;
import java.io.IOException;

/** FFmpeg's test picture, encoded: what broken frames are broken from. */
final class TestPictures {
    private static final VideoAddress ADDRESS = VideoAddress.parse("lavfi:testsrc=size=320x240:rate=10");

    private TestPictures() {}

    static byte[] jpeg() throws IOException {
        return first(new VideoFeed.Style(0, 90, 10));
    }

    /** A closed group of five pictures, H.264. */
    static byte[] segment() throws IOException {
        return first(new VideoFeed.Style(5, 90, 10));
    }

    private static byte[] first(VideoFeed.Style style) throws IOException {
        try (FrameFeed feed = new VideoFeed.At(ADDRESS, VideoLimits.standard(), style).open()) {
            EncodedPictures pictures = feed.next().orElseThrow(() -> new IOException("FFmpeg gave no test picture"));
            byte[] bytes = new byte[pictures.payload().remaining()];
            pictures.payload().duplicate().get(bytes);
            return bytes;
        }
    }
}
