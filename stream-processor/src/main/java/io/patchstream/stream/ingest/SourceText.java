package io.patchstream.stream.ingest;

import io.patchstream.stream.settings.References;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoLimits;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A source as a user types it: a path, or one of {@link VideoAddress}'s URIs. A password in it may stand elsewhere, as in
 * settings: <code>rtsp://${env:DOOR_LOGIN}@camera/stream</code>.
 */
public final class SourceText {
    private final String text;

    public SourceText(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a source is a file, a folder or a URI; this one is empty");
        }
        this.text = References.resolved(text, System.getenv());
    }

    /**
     * The source: image files as they are, anything else as a video.
     *
     * @param filesPerSecond how fast image files follow each other
     * @param style how a video's pictures are sent
     */
    public FrameFeed.Source open(double filesPerSecond, VideoFeed.Style style, VideoLimits limits) {
        Path path = path();
        return path != null && ImageFiles.isAt(path)
                ? new ImageFiles(path, filesPerSecond)
                : new VideoFeed.At(VideoAddress.parse(text), limits, style);
    }

    /** Null when it is no path. */
    private Path path() {
        String lower = text.toLowerCase(Locale.ROOT);
        try {
            if (lower.startsWith("file:")) {
                return Path.of(URI.create(text.replace(" ", "%20")));
            }
            return lower.matches("[a-z][a-z0-9+.-]+:.*") ? null : Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
