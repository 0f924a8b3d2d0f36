package io.patchstream.stream.index;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/**
 * Lucene's graph of neighbours (HNSW; Malkov and Yashunin 2016), in memory: a search looks at few of the points and may
 * miss one. Distances are computed from the points' own vectors, as {@link ExactIndex} does.
 *
 * <p>Many threads may read while one writes. Holds each vector twice, 8 D bytes: here and in Lucene's segments.
 */
public final class HnswIndex implements VectorIndex {
    /** The longest vector that Lucene's format takes. */
    public static final int MAX_DIM = 1024;

    /** The least number of candidates that each segment's graph is asked for: more find more, and take longer. */
    private static final int CANDIDATES = 100;

    private static final String ID = "id";
    private static final String VECTOR = "vector";
    private static final String CAMERA = "camera";
    private static final String LABEL = "label";
    private static final String CAPTURED_AT = "captured_at";

    private final Map<String, Point> points = new ConcurrentHashMap<>();
    private final int dim;
    private final Directory directory = new ByteBuffersDirectory();
    private final IndexWriter writer;
    private final SearcherManager searchers;

    /** Whether something was written since the searchers were refreshed. */
    private volatile boolean stale;

    /** An empty index of vectors of {@code dim} values, at most {@link #MAX_DIM}; the caller closes it. */
    @MustBeClosed
    public HnswIndex(int dim) {
        if (dim < 1 || dim > MAX_DIM) {
            throw new IllegalArgumentException("dim is " + dim + "; it must be from 1 to " + MAX_DIM);
        }
        this.dim = dim;
        try {
            writer = new IndexWriter(directory, new IndexWriterConfig().setRAMBufferSizeMB(256));
            searchers = new SearcherManager(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void upsert(Point point) {
        ExactIndex.requireDim(dim, point.vector());
        Document document = new Document();
        document.add(new StringField(ID, point.id(), Field.Store.YES));
        document.add(new StringField(CAMERA, point.camera(), Field.Store.NO));
        document.add(new StringField(LABEL, point.label(), Field.Store.NO));
        document.add(new LongPoint(CAPTURED_AT, micros(point.capturedAt())));
        document.add(new KnnFloatVectorField(VECTOR, point.vector().toArray(), VectorSimilarityFunction.DOT_PRODUCT));
        points.put(point.id(), point);
        try {
            writer.updateDocument(new Term(ID, point.id()), document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stale = true;
    }

    @Override
    public void delete(String id) {
        if (points.remove(id) != null) {
            try {
                writer.deleteDocuments(new Term(ID, id));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            stale = true;
        }
    }

    @Override
    public Optional<Point> get(String id) {
        return Optional.ofNullable(points.get(id));
    }

    @Override
    public List<Neighbour> search(UnitVector query, int k, PointFilter filter) {
        ExactIndex.requireDim(dim, query);
        NearestHeap nearest = new NearestHeap(k);
        try {
            refresh();
            IndexSearcher searcher = searchers.acquire();
            try {
                int candidates = Math.max(CANDIDATES, 2 * k);
                Query nearby = new KnnFloatVectorQuery(VECTOR, query.toArray(), candidates, query(filter));
                for (ScoreDoc hit : searcher.search(nearby, candidates).scoreDocs) {
                    String id = searcher.storedFields().document(hit.doc).get(ID);
                    Point point = points.get(id);
                    // Gone, or another by now, when a writer was faster than the refresh.
                    if (point != null && filter.takes(point)) {
                        nearest.offer(point, 1.0 - point.vector().dot(query));
                    }
                }
            } finally {
                searchers.release(searcher);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return nearest.nearestFirst();
    }

    /** Lets searches see what was written: builds the graph of what came since. */
    void refresh() {
        if (stale) {
            stale = false;
            try {
                searchers.maybeRefreshBlocking();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Query query(PointFilter filter) {
        if (filter.equals(PointFilter.ALL)) {
            return null;
        }
        BooleanQuery.Builder all = new BooleanQuery.Builder().add(new MatchAllDocsQuery(), BooleanClause.Occur.FILTER);
        filter.camera()
                .ifPresent(camera -> all.add(new TermQuery(new Term(CAMERA, camera)), BooleanClause.Occur.FILTER));
        filter.label().ifPresent(label -> all.add(new TermQuery(new Term(LABEL, label)), BooleanClause.Occur.FILTER));
        long from = filter.from().map(HnswIndex::micros).orElse(Long.MIN_VALUE);
        long end = filter.to().map(HnswIndex::micros).orElse(Long.MAX_VALUE);
        all.add(LongPoint.newRangeQuery(CAPTURED_AT, from, end), BooleanClause.Occur.FILTER);
        return all.build();
    }

    /** What lies between two microseconds is looked at again by {@link PointFilter#takes}. */
    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
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
        try {
            searchers.close();
            writer.rollback();
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        points.clear();
    }
}
