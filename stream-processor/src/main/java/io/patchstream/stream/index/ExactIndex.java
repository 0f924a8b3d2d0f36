package io.patchstream.stream.index;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks at every point: {@code O(N D)} a search, and always right. Many threads may read while none writes.
 */
public final class ExactIndex implements VectorIndex {
    private final Map<String, Point> points = new HashMap<>();
    private int dim;

    @Override
    public void upsert(Point point) {
        if (points.isEmpty()) {
            dim = point.vector().dim();
        }
        requireDim(dim, point.vector());
        points.put(point.id(), point);
    }

    @Override
    public void delete(String id) {
        points.remove(id);
    }

    @Override
    public Optional<Point> get(String id) {
        return Optional.ofNullable(points.get(id));
    }

    @Override
    public List<Neighbour> search(UnitVector query, int k, PointFilter filter) {
        NearestHeap nearest = new NearestHeap(k);
        if (!points.isEmpty()) {
            requireDim(dim, query);
        }
        for (Point point : points.values()) {
            if (filter.takes(point)) {
                nearest.offer(point, 1.0 - point.vector().dot(query));
            }
        }
        return nearest.nearestFirst();
    }

    @Override
    public void forEach(Consumer<Point> each) {
        points.values().forEach(each);
    }

    @Override
    public int size() {
        return points.size();
    }

    @Override
    public void close() {
        points.clear();
    }

    static void requireDim(int dim, UnitVector vector) {
        if (vector.dim() != dim) {
            throw new IllegalArgumentException(
                    "the vector has " + vector.dim() + " values; those of this index have " + dim);
        }
    }
}
