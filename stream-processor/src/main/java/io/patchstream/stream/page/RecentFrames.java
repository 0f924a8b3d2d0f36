package io.patchstream.stream.page;

import io.patchstream.stream.frame.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The frames that were shown lately, found again by what they look like: cosine of embeddings, each compared with each.
 * Answers of another model are no neighbours. Guarded by its own lock.
 */
final class RecentFrames {
    /**
     * A frame that was shown.
     *
     * @param id counts up
     * @param camera its camera
     * @param capturedAtMicros when it was taken
     * @param prediction what the model said; its embedding has L2 norm 1
     * @param jpeg its thumbnail
     */
    record Entry(long id, String camera, long capturedAtMicros, Prediction prediction, byte[] jpeg) {
        /** The most probable label. */
        String label() {
            return LiveBoard.scores(prediction).get(0).label();
        }
    }

    /**
     * A neighbour.
     *
     * @param entry the frame
     * @param similarity cosine, -1 to 1
     */
    record Neighbour(Entry entry, double similarity) {}

    private final Entry[] ring;
    private long next;

    RecentFrames(int room) {
        this.ring = new Entry[room];
    }

    /** Keeps a frame in place of the oldest; returns its id. */
    synchronized long add(String camera, long capturedAtMicros, Prediction prediction, byte[] jpeg) {
        ring[(int) (next % ring.length)] = new Entry(next, camera, capturedAtMicros, prediction, jpeg);
        return next++;
    }

    /** The newest first. */
    synchronized List<Entry> newest(int count) {
        List<Entry> newest = new ArrayList<>();
        for (long id = next - 1; id >= Math.max(0, next - ring.length) && newest.size() < count; id--) {
            newest.add(ring[(int) (id % ring.length)]);
        }
        return newest;
    }

    /** All that are kept, the newest first. */
    List<Entry> all() {
        return newest(ring.length);
    }

    /** Empty when it is kept no longer. */
    synchronized Optional<Entry> find(long id) {
        return id < 0 || id >= next || id < next - ring.length
                ? Optional.empty()
                : Optional.of(ring[(int) (id % ring.length)]);
    }

    /** The nearest first, but for {@code except}. */
    List<Neighbour> nearest(Prediction to, int count, long except) {
        return newest(ring.length).stream()
                .filter(entry -> entry.id != except && entry.prediction.dim() == to.dim())
                .filter(entry ->
                        entry.prediction.model().sha256().equals(to.model().sha256()))
                .map(entry -> new Neighbour(entry, cosine(to, entry.prediction)))
                .sorted(Comparator.comparingDouble(Neighbour::similarity).reversed())
                .limit(count)
                .toList();
    }

    private static double cosine(Prediction a, Prediction b) {
        double sum = 0;
        for (int i = 0; i < a.dim(); i++) {
            sum += (double) a.embedding(i) * b.embedding(i);
        }
        return sum;
    }
}
