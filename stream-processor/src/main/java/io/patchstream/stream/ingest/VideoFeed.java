package io.patchstream.stream.ingest;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.schemas.Encoding;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.video.JpegEncoder;
import io.patchstream.vision.video.SegmentEncoder;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoLimits;
import io.patchstream.vision.video.VideoPicture;
import io.patchstream.vision.video.VideoSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A video's pictures, encoded anew as JPEG stills or as closed groups of H.264. Holds one group of decoded pictures at a
 * time.
 */
public final class VideoFeed implements FrameFeed {
    /**
     * How pictures are sent.
     *
     * @param segmentPictures pictures in a closed group of H.264; 0 sends JPEG stills
     * @param quality of JPEG, 1 to 100; for H.264 it is turned into a quantiser
     * @param maxPerSecond pictures taken of a second of the video; the others are passed over
     */
    public record Style(int segmentPictures, int quality, double maxPerSecond) {
        public Style {
            if (segmentPictures < 0 || segmentPictures > 600 || quality < 1 || quality > 100 || !(maxPerSecond > 0)) {
                throw new IllegalArgumentException("segments of " + segmentPictures + " pictures, quality " + quality
                        + ", " + maxPerSecond + " pictures a second; they must be 0 to 600, 1 to 100, and above 0");
            }
        }

        /** Every picture as a JPEG of quality 90. */
        public static Style stills() {
            return new Style(0, 90, Double.POSITIVE_INFINITY);
        }

        /** Quality 90 is quantiser 22, 50 is 34. */
        private int quantiser() {
            return Math.max(1, Math.min(51, 49 - Math.round(quality * 0.3f)));
        }
    }

    /** Videos at an address. */
    public record At(VideoAddress address, VideoLimits limits, Style style) implements Source {
        @Override
        @MustBeClosed
        @SuppressWarnings("MustBeClosedChecker") // the feed takes it over
        public FrameFeed open() throws IOException {
            return new VideoFeed(VideoSource.open(address, limits), style);
        }

        @Override
        public boolean live() {
            return address.live();
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }

    private final VideoSource video;
    private final Style style;
    private final JpegEncoder jpeg;
    private SegmentEncoder segments;
    private RgbImage shape;
    private VideoPicture held;
    private double dueMicros = Double.NEGATIVE_INFINITY;

    /** Takes {@code video} over. */
    VideoFeed(VideoSource video, Style style) {
        this.video = video;
        this.style = style;
        this.jpeg = new JpegEncoder(style.quality());
    }

    @Override
    public Optional<EncodedPictures> next() throws IOException {
        Optional<VideoPicture> first = take();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(style.segmentPictures() == 0 ? still(first.get()) : segment(first.get()));
    }

    @Override
    public void abort() {
        video.abort();
    }

    private EncodedPictures still(VideoPicture picture) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(jpeg.encode(picture.image()));
        return new EncodedPictures(Encoding.JPEG, bytes, 1, picture.presentationMicros(), picture.presentationMicros());
    }

    /** The pictures up to the group's full length, or to the end, or to a change of their size. */
    private EncodedPictures segment(VideoPicture first) throws IOException {
        List<RgbImage> group = new ArrayList<>();
        VideoPicture last = first;
        group.add(first.image());
        while (group.size() < style.segmentPictures()) {
            Optional<VideoPicture> next = take();
            if (next.isEmpty()) {
                break;
            }
            if (!sameShape(next.get().image(), first.image())) {
                held = next.get();
                break;
            }
            last = next.get();
            group.add(last.image());
        }
        ByteBuffer bytes = ByteBuffer.wrap(encoderFor(first.image()).encode(group));
        return new EncodedPictures(
                Encoding.H264,
                bytes,
                group.size(),
                first.presentationMicros(),
                Math.max(first.presentationMicros(), last.presentationMicros()));
    }

    /** The next picture that is due. */
    private Optional<VideoPicture> take() throws IOException {
        if (held != null) {
            VideoPicture picture = held;
            held = null;
            return Optional.of(picture);
        }
        double interval = 1e6 / style.maxPerSecond();
        while (true) {
            Optional<VideoPicture> picture = video.read();
            if (picture.isEmpty() || interval == 0) {
                return picture;
            }
            long at = picture.get().presentationMicros();
            // A little early is on time: time stamps are rounded, and 30 a second thinned to 10 would else give fewer.
            if (at >= dueMicros - interval / 8) {
                dueMicros = (at - dueMicros > interval ? at : dueMicros) + interval;
                return picture;
            }
        }
    }

    private SegmentEncoder encoderFor(RgbImage image) throws IOException {
        if (segments == null || !sameShape(shape, image)) {
            if (segments != null) {
                segments.close();
            }
            double rate = Math.min(style.maxPerSecond(), video.framesPerSecond() > 0 ? video.framesPerSecond() : 25);
            segments = new SegmentEncoder(
                    image.width(), image.height(), Math.max(1, (int) Math.round(rate)), style.quantiser());
            shape = image;
        }
        return segments;
    }

    private static boolean sameShape(RgbImage a, RgbImage b) {
        return a.width() == b.width() && a.height() == b.height();
    }

    @Override
    public void close() {
        jpeg.close();
        if (segments != null) {
            segments.close();
        }
        video.close();
    }
}
