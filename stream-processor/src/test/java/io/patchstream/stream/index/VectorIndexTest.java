package io.patchstream.stream.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VectorIndexTest {
    private static final int DIM = 24;

    @SuppressWarnings("MustBeClosed") // Each test closes what it made.
    static Stream<Supplier<VectorIndex>> indexes() {
        return Stream.of(ExactIndex::new, () -> new HnswIndex(DIM), () -> new GrowingIndex(Integer.MAX_VALUE));
    }

    /** 1 - cosine in double arithmetic, from the vectors as they were given. */
    private static double distance(float[] one, float[] other) {
        double dot = 0;
        double ones = 0;
        double others = 0;
        for (int i = 0; i < one.length; i++) {
            dot += (double) one[i] * other[i];
            ones += (double) one[i] * one[i];
            others += (double) other[i] * other[i];
        }
        return 1 - dot / Math.sqrt(ones * others);
    }

    private static List<String> byBruteForce(List<Point> points, Point query, int k, PointFilter filter) {
        return points.stream()
                .filter(filter::takes)
                .sorted(Comparator.comparingDouble(point ->
                        distance(point.vector().toArray(), query.vector().toArray())))
                .limit(k)
                .map(Point::id)
                .toList();
    }

    private static List<String> ids(List<Neighbour> neighbours) {
        return neighbours.stream().map(neighbour -> neighbour.point().id()).toList();
    }

    private static PointFilter filter(String camera, int from, int to) {
        return new PointFilter(
                Optional.ofNullable(camera),
                Optional.empty(),
                Optional.of(Clouds.NOON.plusSeconds(from)),
                Optional.of(Clouds.NOON.plusSeconds(to)));
    }

    @Test
    void shouldFindWhatBruteForceInDoubleArithmeticFinds() {
        List<Point> points = Clouds.points(3000, 12, DIM, 1);
        try (ExactIndex index = new ExactIndex()) {
            points.forEach(index::upsert);
            for (Point query : Clouds.points(50, 12, DIM, 2)) {
                List<Neighbour> found = index.search(query.vector(), 10, PointFilter.ALL);
                assertThat(ids(found)).isEqualTo(byBruteForce(points, query, 10, PointFilter.ALL));
                for (Neighbour neighbour : found) {
                    assertThat(neighbour.distance())
                            .isCloseTo(
                                    distance(
                                            neighbour.point().vector().toArray(),
                                            query.vector().toArray()),
                                    within(1e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void shouldFindOnlyWhatTheFilterTakes(Supplier<VectorIndex> make) {
        List<Point> points = Clouds.points(1000, 5, DIM, 3);
        PointFilter filter = filter("camera-3", 100, 500);
        try (VectorIndex index = make.get()) {
            points.forEach(index::upsert);
            Point query = points.get(7);
            assertThat(ids(index.search(query.vector(), 20, filter)))
                    .isEqualTo(byBruteForce(points, query, 20, filter));
            PointFilter labelled =
                    new PointFilter(Optional.empty(), Optional.of("thing-2"), Optional.empty(), Optional.empty());
            assertThat(ids(index.search(query.vector(), 20, labelled)))
                    .isEqualTo(byBruteForce(points, query, 20, labelled));
        }
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void shouldReplaceAndDelete(Supplier<VectorIndex> make) {
        List<Point> points = Clouds.points(300, 3, DIM, 4);
        try (VectorIndex index = make.get()) {
            points.forEach(index::upsert);
            Point moved = Clouds.point("p9", points.get(200).vector().toArray(), 9, "moved");
            index.upsert(moved);
            index.delete("p200");
            index.delete("never there");
            assertThat(index.size()).isEqualTo(299);
            assertThat(index.get("p200")).isEmpty();
            Neighbour nearest =
                    index.search(points.get(200).vector(), 1, PointFilter.ALL).get(0);
            assertThat(nearest.point()).isEqualTo(moved);
            assertThat(nearest.distance()).isCloseTo(0, within(1e-6));
            assertThat(index.search(points.get(9).vector(), 300, PointFilter.ALL))
                    .hasSize(299)
                    .filteredOn(neighbour -> neighbour.point().id().equals("p9"))
                    .singleElement()
                    .isNotEqualTo(new Neighbour(points.get(9), 0));
        }
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void shouldRefuseVectorsOfOtherLengths(Supplier<VectorIndex> make) {
        try (VectorIndex index = make.get()) {
            index.upsert(Clouds.points(1, 1, DIM, 5).get(0));
            assertThatThrownBy(() -> index.upsert(Clouds.point("q", new float[] {1, 2, 3}, 1, "a")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the vector has 3 values; those of this index have 24");
            assertThatThrownBy(() -> index.search(UnitVector.of(new float[] {1}), 1, PointFilter.ALL))
                    .hasMessageContaining("the vector has 1 values");
            assertThat(index.size()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseVectorsWithoutDirection() {
        for (float[] values : new float[][] {{}, {0, 0}, {Float.NaN, 1}, {Float.POSITIVE_INFINITY, 1}}) {
            assertThatThrownBy(() -> UnitVector.of(values)).hasMessageContaining("has no direction");
        }
    }

    @Test
    void shouldRecallNineteenOfTwentyThroughTheGraph() {
        List<Point> points = Clouds.points(6000, 40, DIM, 6);
        try (HnswIndex graph = new HnswIndex(DIM)) {
            points.forEach(graph::upsert);
            int hits = 0;
            List<Point> queries = Clouds.points(100, 40, DIM, 7);
            for (Point query : queries) {
                List<String> truth = new ArrayList<>(byBruteForce(points, query, 10, PointFilter.ALL));
                truth.retainAll(ids(graph.search(query.vector(), 10, PointFilter.ALL)));
                hits += truth.size();
            }
            assertThat(hits / (10.0 * queries.size())).isGreaterThanOrEqualTo(0.95);
        }
    }

    @Test
    void shouldGrowIntoAGraphWithoutLosingWhatIsWrittenMeanwhile() {
        List<Point> points = Clouds.points(2000, 20, DIM, 8);
        try (GrowingIndex index = new GrowingIndex(500)) {
            points.forEach(index::upsert);
            points.subList(0, 300).forEach(point -> index.delete(point.id()));
            await().atMost(Duration.ofSeconds(60)).until(() -> !index.isExact());
            index.delete("p300");
            assertThat(index.size()).isEqualTo(1699);
            List<String> found = new ArrayList<>();
            index.forEach(point -> found.add(point.id()));
            assertThat(found)
                    .containsExactlyInAnyOrderElementsOf(
                            points.subList(301, 2000).stream().map(Point::id).toList());
            assertThat(ids(index.search(points.get(1500).vector(), 1, PointFilter.ALL)))
                    .containsExactly("p1500");
            assertThat(ids(index.search(points.get(10).vector(), 50, PointFilter.ALL)))
                    .doesNotContain("p10");
        }
    }
}
