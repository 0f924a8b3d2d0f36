package io.patchstream.stream.index;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An index for each model whose points were met. Any thread may read; one writes. Owns its indexes. */
public final class EmbeddingSpaces implements AutoCloseable {
    private final int exactUpTo;
    private final Map<String, Space> spaces = new ConcurrentHashMap<>();

    /**
     * The points of one model.
     *
     * @param model the model's name
     * @param modelSha256 its SHA-256
     * @param index its points
     */
    public record Space(String model, String modelSha256, VectorIndex index) {}

    /** No points yet; each index is exact up to so many. */
    public EmbeddingSpaces(int exactUpTo) {
        this.exactUpTo = exactUpTo;
    }

    /** Adds a point to its model's space, in the place of the one with its id. */
    public void upsert(Point point) {
        spaces.computeIfAbsent(point.modelSha256(), sha256 -> space(point.model(), sha256))
                .index
                .upsert(point);
    }

    @SuppressWarnings("MustBeClosed") // The map owns it.
    private Space space(String model, String modelSha256) {
        return new Space(model, modelSha256, new GrowingIndex(exactUpTo));
    }

    /** Takes the point with this id out, whichever model made it. */
    public void delete(String id) {
        spaces.values().forEach(space -> space.index.delete(id));
    }

    /** The spaces, the one with the most points first. */
    public List<Space> all() {
        return spaces.values().stream()
                .sorted(Comparator.comparing((Space space) -> -space.index.size())
                        .thenComparing(Space::modelSha256))
                .toList();
    }

    /** The space of one model. */
    public Optional<Space> of(String modelSha256) {
        return Optional.ofNullable(spaces.get(modelSha256));
    }

    /** The points of all models together. */
    public int size() {
        return spaces.values().stream().mapToInt(space -> space.index.size()).sum();
    }

    /** The points that {@code filter} takes, the newest {@code limit} of them, newest first. */
    public List<Point> newest(PointFilter filter, int limit) {
        Collection<Point> taken = new ArrayList<>();
        spaces.values()
                .forEach(space -> space.index.forEach(point -> {
                    if (filter.takes(point)) {
                        taken.add(point);
                    }
                }));
        return taken.stream()
                .sorted(Comparator.comparing(Point::capturedAt).reversed().thenComparing(Point::id))
                .limit(limit)
                .toList();
    }

    /** The points of the frame that was read at one place, by model and picture. */
    public List<Point> at(String topic, int partition, long offset) {
        List<Point> found = new ArrayList<>();
        spaces.values()
                .forEach(space -> space.index.forEach(point -> {
                    if (point.source().offset() == offset
                            && point.source().partition() == partition
                            && point.source().topic().equals(topic)) {
                        found.add(point);
                    }
                }));
        found.sort(Comparator.comparing(Point::modelSha256).thenComparing(Point::picture));
        return found;
    }

    @Override
    public void close() {
        spaces.values().forEach(space -> space.index.close());
    }
}
