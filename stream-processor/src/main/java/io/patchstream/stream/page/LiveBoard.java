package io.patchstream.stream.page;

import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.page.Snapshot.Letter;
import io.patchstream.stream.page.Snapshot.Score;
import io.patchstream.stream.page.Snapshot.Tile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What happened lately, by camera. Used by the page's one thread. */
final class LiveBoard {
    static final long SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int MOST_CAMERAS = 1024;
    private static final int MOST_TILES = 64;
    private static final int MOST_LETTERS = 50;

    private final Map<String, CameraLog> cameras = new TreeMap<>();
    private final Deque<Letter> letters = new ArrayDeque<>();
    private final SlidingWindow all = new SlidingWindow(SPAN_NANOS);
    private final SlidingWindow waited = new SlidingWindow(SPAN_NANOS);
    private final SlidingWindow read = new SlidingWindow(SPAN_NANOS);
    private final SlidingWindow rest = new SlidingWindow(SPAN_NANOS);
    private boolean published;
    private long lettersEver;

    /** One camera. */
    private static final class CameraLog {
        private final SlidingWindow answered = new SlidingWindow(SPAN_NANOS);
        private final SlidingWindow published = new SlidingWindow(SPAN_NANOS);
        private final SlidingWindow right = new SlidingWindow(SPAN_NANOS);
        private List<Score> scores = List.of();
        private long lastNanos;
    }

    /** Enters what happened. */
    void enter(Happening happening, long now) {
        if (happening instanceof Sighting sighting) {
            saw(sighting, now);
        } else if (happening instanceof Publication publication) {
            readAgain(publication, now);
        }
    }

    private void saw(Sighting sighting, long now) {
        FrameOutcome outcome = sighting.outcome();
        if (outcome instanceof Classified frame) {
            CameraLog log = log(frame.head().cameraId());
            int pictures = frame.pictures().size();
            double millis = (sighting.answeredAtMicros() - frame.head().capturedAtMicros()) / 1000.0;
            log.answered.add(now, millis, pictures);
            log.lastNanos = now;
            log.scores = scores(frame.pictures().get(0));
            all.add(now, millis, pictures);
            waited.add(now, sighting.times().waited() / 1e6, 1);
            read.add(now, sighting.times().read() / 1e6, 1);
            rest.add(now, sighting.times().rest() / 1e6, 1);
        } else if (outcome instanceof Rejected rejected) {
            letters.addFirst(new Letter(
                    ++lettersEver,
                    sighting.answeredAtMicros() / 1000,
                    sighting.camera(),
                    sighting.source().topic(),
                    sighting.source().partition(),
                    rejected.stage().name(),
                    rejected.code(),
                    rejected.message()));
            if (letters.size() > MOST_LETTERS) {
                letters.removeLast();
            }
        }
    }

    private void readAgain(Publication publication, long now) {
        published = true;
        CameraLog log = log(publication.camera());
        log.published.add(now, publication.latencyMicros() / 1000.0, 1);
        publication.right().ifPresent(right -> log.right.add(now, right ? 1 : 0, 1));
    }

    private CameraLog log(String camera) {
        String name = cameras.containsKey(camera) || cameras.size() < MOST_CAMERAS ? camera : "(others)";
        return cameras.computeIfAbsent(name, any -> new CameraLog());
    }

    /** The labels of a prediction, the best first. */
    static List<Score> scores(Prediction prediction) {
        List<String> labels = prediction.model().contract().labels();
        return prediction.topK().stream()
                .map(score -> new Score(labels.get(score.index()), score.probability()))
                .toList();
    }

    /** As many cameras as a page can show, by name. */
    List<Tile> tiles(long now) {
        List<Tile> tiles = new ArrayList<>();
        cameras.forEach((camera, log) -> {
            if (tiles.size() < MOST_TILES && log.lastNanos != 0) {
                SlidingWindow latency = published ? log.published : log.answered;
                long silent = now - log.lastNanos;
                tiles.add(new Tile(
                        camera,
                        log.scores,
                        log.answered.perSecond(now),
                        Snapshot.known(latency.quantile(0.5, now)),
                        Snapshot.known(latency.quantile(0.99, now)),
                        TimeUnit.NANOSECONDS.toMillis(silent),
                        silent > STALE_NANOS,
                        Snapshot.known(log.right.mean(now))));
            }
        });
        return tiles;
    }

    /** Cameras that {@link #tiles} leaves out. */
    int hidden() {
        return Math.max(0, cameras.size() - MOST_TILES);
    }

    List<Letter> letters() {
        return List.copyOf(letters);
    }

    double perSecond(long now) {
        return all.perSecond(now);
    }

    /** Whether latencies end with a label's being read. */
    boolean isPublished() {
        return published;
    }

    /** Means in milliseconds, NaN when nothing flows: waiting to be read, reading, and all that follows. */
    double[] times(long now) {
        return new double[] {waited.mean(now), read.mean(now), rest.mean(now)};
    }
}
