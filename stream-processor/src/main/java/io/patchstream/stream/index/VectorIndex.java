package io.patchstream.stream.index;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Points of one model, found by direction. What an implementation says of threads is said there. */
public interface VectorIndex extends AutoCloseable {
    /**
     * Adds a point, in the place of the one with its id if there is one.
     *
     * @throws IllegalArgumentException when its vector is not as long as the others
     */
    void upsert(Point point);

    /** Takes a point out; nothing happens when there is none with this id. */
    void delete(String id);

    /** The point with this id. */
    Optional<Point> get(String id);

    /**
     * The {@code k} nearest points that {@code filter} takes, nearest first; fewer when there are not as many.
     *
     * @param query {@code [D]}
     * @param k at least 1
     * @throws IllegalArgumentException when the query is not as long as the points
     */
    List<Neighbour> search(UnitVector query, int k, PointFilter filter);

    /** Shows every point, in no order. */
    void forEach(Consumer<Point> each);

    /** How many points there are. */
    int size();

    @Override
    void close();
}
