package io.patchstream.stream.index;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exact as long as it is small; when it has grown past a size, a graph is built by a thread of its own while searches stay
 * exact, and takes over when it is whole. A graph stays a graph. Points whose vectors are longer than a graph takes stay
 * exact. Any thread may read; one writes.
 */
public final class GrowingIndex implements VectorIndex {
    /** A choice, not a measured crossing point: building a graph takes minutes and misses some, looking at each takes longer. */
    public static final int EXACT_UP_TO = 50_000;

    private static final Logger LOG = LoggerFactory.getLogger(GrowingIndex.class);

    /** How many changes may be left to apply while searches wait. */
    private static final int FEW = 64;

    private final int exactUpTo;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private VectorIndex index = new ExactIndex();
    private Thread builder;
    private volatile boolean closed;

    /** What was written since the builder took its copy, by id; empty is a deletion. */
    private Map<String, Optional<Point>> changes;

    /** An empty index that is exact up to so many points; the caller closes it. */
    @MustBeClosed
    public GrowingIndex(int exactUpTo) {
        this.exactUpTo = exactUpTo;
    }

    @Override
    public void upsert(Point point) {
        writing(() -> {
            index.upsert(point);
            note(point.id(), Optional.of(point));
            if (builder == null && index.size() > exactUpTo && point.vector().dim() <= HnswIndex.MAX_DIM) {
                grow(point.vector().dim());
            }
        });
    }

    @Override
    public void delete(String id) {
        writing(() -> {
            index.delete(id);
            note(id, Optional.empty());
        });
    }

    private void note(String id, Optional<Point> point) {
        if (changes != null) {
            changes.put(id, point);
        }
    }

    private void grow(int dim) {
        List<Point> copy = new ArrayList<>(index.size());
        index.forEach(copy::add);
        changes = new LinkedHashMap<>();
        builder = new Thread(() -> build(copy, dim), "index-grow");
        builder.setDaemon(true);
        builder.start();
    }

    @SuppressWarnings("MustBeClosed") // Handed over, or closed here.
    private void build(List<Point> copy, int dim) {
        HnswIndex graph = new HnswIndex(dim);
        boolean handedOver = false;
        try {
            for (Point point : copy) {
                if (closed) {
                    return;
                }
                graph.upsert(point);
            }
            graph.refresh();
            while (!handedOver && !closed) {
                handedOver = takeOver(graph);
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the graph could not be built; searches stay exact");
        } finally {
            if (!handedOver) {
                graph.close();
                writing(() -> changes = null);
            }
        }
    }

    /** Applies what was written meanwhile; when it is little, under the lock, and the graph takes over. */
    private boolean takeOver(HnswIndex graph) {
        Map<String, Optional<Point>> batch;
        lock.writeLock().lock();
        try {
            batch = changes;
            if (batch.size() <= FEW && !closed) {
                apply(batch, graph);
                graph.refresh();
                changes = null;
                index.close();
                index = graph;
                LOG.atInfo().addKeyValue("points", graph.size()).log("searches go through a graph from now on");
                return true;
            }
            changes = new LinkedHashMap<>();
        } finally {
            lock.writeLock().unlock();
        }
        apply(batch, graph);
        graph.refresh();
        return false;
    }

    private static void apply(Map<String, Optional<Point>> changes, VectorIndex graph) {
        changes.forEach((id, point) -> point.ifPresentOrElse(graph::upsert, () -> graph.delete(id)));
    }

    /** Whether searches look at every point. */
    public boolean isExact() {
        return reading(() -> index instanceof ExactIndex);
    }

    @Override
    public Optional<Point> get(String id) {
        return reading(() -> index.get(id));
    }

    @Override
    public List<Neighbour> search(UnitVector query, int k, PointFilter filter) {
        return reading(() -> index.search(query, k, filter));
    }

    @Override
    public void forEach(Consumer<Point> each) {
        reading(() -> {
            index.forEach(each);
            return null;
        });
    }

    @Override
    public int size() {
        return reading(() -> index.size());
    }

    private <T> T reading(Supplier<T> work) {
        lock.readLock().lock();
        try {
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void writing(Runnable work) {
        lock.writeLock().lock();
        try {
            work.run();
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread growing = reading(() -> builder);
        if (growing != null) {
            try {
                growing.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        writing(() -> index.close());
    }
}
