package io.patchstream.stream.demo;

import io.patchstream.stream.ingest.FrameFeed;
import io.patchstream.stream.ingest.ImageFiles;
import io.patchstream.stream.ingest.SourceText;
import io.patchstream.stream.ingest.VideoFeed;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the demo's cameras.
 *
 * @param id its id
 * @param source what it films, again and again
 * @param truth what each picture shows, as far as that is known
 */
record DemoCamera(String id, FrameFeed.Source source, List<Optional<String>> truth) {
    /** What a paced demo sends of a user's own source in a second; also the rate of the clips. */
    private static final double PER_SECOND = 10;

    private static final int SEGMENT_PICTURES = 5;
    private static final int QUALITY = 90;
    private static final VideoFeed.Style SEGMENTS =
            new VideoFeed.Style(SEGMENT_PICTURES, QUALITY, Double.POSITIVE_INFINITY);
    private static final VideoFeed.Style STILLS = new VideoFeed.Style(0, QUALITY, PER_SECOND);

    /** A clip that comes with Patchstream, the {@code i}th: two are sent as H.264 segments, two as stills. */
    static Path clip(Path home, int i) throws IOException {
        Path clips = home.resolve("demo").resolve("clips");
        String name = "cam-" + (i % 4 + 1);
        for (String ending : List.of(".mp4", ".zip")) {
            Path file = clips.resolve(name + ending);
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new IOException("the demo's clip " + name + " is not in " + clips
                + "; run the demo by ./patchstream, or give it --input");
    }

    /** The cameras that the options ask for. */
    static List<DemoCamera> of(DemoOptions options) throws IOException {
        List<DemoCamera> cameras = new ArrayList<>();
        int count = options.cameras()
                .orElse(options.inputs().isEmpty() ? 4 : options.inputs().size());
        for (int i = 0; i < count; i++) {
            String id = "cam-" + (i + 1);
            if (options.inputs().isEmpty()) {
                cameras.add(ofClip(id, clip(options.home(), i)));
            } else {
                String input = options.inputs().get(i % options.inputs().size());
                FrameFeed.Source source = source(input);
                checkReadable(source);
                cameras.add(new DemoCamera(id, source, List.of()));
            }
        }
        return cameras;
    }

    private static FrameFeed.Source source(String input) throws IOException {
        try {
            return new SourceText(input).open(PER_SECOND, STILLS, VideoLimits.standard());
        } catch (IllegalArgumentException e) {
            throw new IOException("--input: " + e.getMessage(), e);
        }
    }

    /** A name that is mistyped is told before a broker is started for it. */
    private static void checkReadable(FrameFeed.Source source) throws IOException {
        if (!source.live()) {
            try (FrameFeed feed = source.open()) {
                if (feed.next().isEmpty()) {
                    throw new IOException(source + " holds no picture");
                }
            }
        }
    }

    private static DemoCamera ofClip(String id, Path clip) throws IOException {
        String name = String.valueOf(clip.getFileName());
        Path truth = clip.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".truth.jsonl");
        FrameFeed.Source source = ImageFiles.isAt(clip)
                ? new ImageFiles(clip, PER_SECOND)
                : new VideoFeed.At(VideoAddress.of(clip), VideoLimits.standard(), SEGMENTS);
        return new DemoCamera(id, source, TruthBook.read(truth));
    }
}
