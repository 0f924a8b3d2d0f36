package io.patchstream.trainer.divide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.trainer.data.Dataset;
import io.patchstream.trainer.data.Origin;
import io.patchstream.trainer.data.Pictures;
import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.Preprocessor;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import io.patchstream.vision.model.Preprocessing.Resize;
import io.patchstream.vision.video.JpegEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DivideTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final DivideSettings SETTINGS = DivideSettings.defaults();

    /** Pictures in memory. */
    private static final class Album implements Dataset {
        private final List<RgbImage> images = new ArrayList<>();
        private final List<Origin> origins = new ArrayList<>();
        private final List<Integer> classes = new ArrayList<>();

        Album add(RgbImage image, int label) {
            return add(image, label, Origin.of("p" + images.size()));
        }

        Album add(RgbImage image, int label, Origin origin) {
            images.add(image);
            classes.add(label);
            origins.add(origin);
            return this;
        }

        @Override
        public int size() {
            return images.size();
        }

        @Override
        public int label(int index) {
            return classes.get(index);
        }

        @Override
        public List<String> labels() {
            return List.of("0", "1", "2", "3");
        }

        @Override
        public RgbImage image(int index, long variation) {
            return images.get(index);
        }

        @Override
        public Origin origin(int index) {
            return origins.get(index);
        }

        @Override
        public String manifestSha256() {
            return "";
        }
    }

    private static RgbImage resized(RgbImage image, int height, int width) {
        byte[] pixels = new byte[height * width * 3];
        new Preprocessor(new Preprocessing(
                        Resize.SQUASH, Math.max(height, width), height, width, Interpolation.BICUBIC, true))
                .prepare(image, ByteBuffer.wrap(pixels));
        return new RgbImage(height, width, pixels);
    }

    private static RgbImage lighter(RgbImage image, int by) {
        byte[] pixels = image.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.min(255, (pixels[i] & 0xff) + by);
        }
        return new RgbImage(image.height(), image.width(), pixels);
    }

    @Test
    void shouldLinkWhatWasEncodedResizedOrLitAnewAndNothingElse() throws Exception {
        Album album = new Album();
        for (int i = 0; i < 40; i++) {
            album.add(Pictures.blobs(i, 96, 128), i % 4);
        }
        for (int i = 0; i < 10; i++) {
            RgbImage image = Pictures.blobs(i, 96, 128);
            try (JpegEncoder encoder = new JpegEncoder(60);
                    ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
                album.add(decoder.decode(encoder.encode(image)), i % 4);
            }
            album.add(resized(image, 50, 60), i % 4);
            album.add(lighter(image, 20), i % 4);
        }

        Groups groups = Groups.of(album, SETTINGS);

        for (int i = 0; i < 40; i++) {
            assertThat(groups.group(i)).as("picture %d", i).isEqualTo(i);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(groups.group(40 + i))
                    .as("copy %d of picture %d", i % 3, i / 3)
                    .isEqualTo(i / 3);
        }
        assertThat(groups.links()).containsOnlyKeys(Groups.Reason.TWIN).containsValue(30);
    }

    @Test
    void shouldLinkFramesOfOneCameraThatAreCloseAndGroupsThatTheDataName() {
        Album album = new Album();
        double[] seconds = {0, 4, 8, 14, 14.5, 2, 3};
        String[] cameras = {"a", "a", "a", "a", "a", "b", ""};
        for (int i = 0; i < seconds.length; i++) {
            Optional<Instant> time = Optional.of(NOON.plusMillis((long) (1000 * seconds[i])));
            album.add(Pictures.blobs(i, 20, 20), 0, new Origin("f" + i, "", cameras[i], time));
        }
        album.add(Pictures.blobs(70, 20, 20), 0, new Origin("x", "patient", "", Optional.empty()));
        album.add(Pictures.blobs(71, 20, 20), 0, new Origin("y", "patient", "a", Optional.empty()));

        Groups groups = Groups.of(album, noTwins(album), SETTINGS);

        assertThat(groups.all())
                .containsExactly(List.of(0, 1, 2), List.of(3, 4), List.of(5), List.of(6), List.of(7, 8));
        assertThat(Groups.of(album, noTwins(album), new DivideSettings(6, 4, Duration.ZERO))
                        .all())
                .hasSize(8);
    }

    /** A camera that films a frame a second without a pause, and one that pauses. */
    @Test
    void shouldCutLongRunsSoThatStretchesAreNoNeighbours() {
        Album album = new Album();
        for (int i = 0; i < 65; i++) {
            album.add(Pictures.blobs(i, 8, 8), 0, new Origin("a" + i, "", "a", Optional.of(NOON.plusSeconds(i))));
        }
        for (int i = 0; i < 12; i++) {
            long second = 1000 + (i < 6 ? i : 100 + i);
            album.add(Pictures.blobs(i, 8, 8), 0, new Origin("b" + i, "", "b", Optional.of(NOON.plusSeconds(second))));
        }
        assertThat(Groups.of(album, noTwins(album), SETTINGS).all()).hasSize(3);

        int[] leftOut = Cuts.leftOut(album, SETTINGS.gap(), Duration.ofSeconds(20));

        // Before the cuts at 20, 40 and 60 seconds five frames each; the last stretch and the short runs keep theirs.
        assertThat(leftOut).containsExactly(15, 16, 17, 18, 19, 35, 36, 37, 38, 39, 55, 56, 57, 58, 59);
        Album kept = new Album();
        for (int i = 0; i < album.size(); i++) {
            if (Arrays.binarySearch(leftOut, i) < 0) {
                kept.add(album.image(i, 0), 0, album.origin(i));
            }
        }
        assertThat(Groups.of(kept, noTwins(kept), SETTINGS).all().stream().map(List::size))
                .containsExactly(15, 15, 15, 5, 6, 6);
        assertThatThrownBy(() -> Cuts.leftOut(album, SETTINGS.gap(), Duration.ofSeconds(5)))
                .hasMessageContaining("longer than the gap");
    }

    /** Fingerprints that are far from each other. */
    private static Fingerprints noTwins(Dataset dataset) {
        Random random = new Random(5);
        long[] hashes = random.longs(dataset.size()).toArray();
        byte[][] thumbnails = new byte[dataset.size()][PerceptualHash.SIDE * PerceptualHash.SIDE];
        for (byte[] thumbnail : thumbnails) {
            random.nextBytes(thumbnail);
        }
        return new Fingerprints(hashes, thumbnails);
    }

    /** Hashes in clouds around a few, so that there are pairs at every distance. */
    private static Fingerprints clouds(Random random, int count) {
        long[] centres = random.longs(1 + random.nextInt(8)).toArray();
        long[] hashes = new long[count];
        byte[][] thumbnails = new byte[count][PerceptualHash.SIDE * PerceptualHash.SIDE];
        for (int i = 0; i < count; i++) {
            hashes[i] = centres[random.nextInt(centres.length)];
            for (int flips = random.nextInt(9); flips > 0; flips--) {
                hashes[i] ^= 1L << random.nextInt(64);
            }
            for (int k = 0; k < thumbnails[i].length; k++) {
                thumbnails[i][k] = (byte) (100 + random.nextInt(1 + i % 16));
            }
            if (i > 0 && random.nextInt(6) == 0) {
                int before = random.nextInt(i);
                hashes[i] = hashes[before];
                thumbnails[i] = thumbnails[before].clone();
            }
        }
        return new Fingerprints(hashes, thumbnails);
    }

    @Test
    void shouldFindEveryPairThatComparingAllWithAllFinds() {
        int pairs = 0;
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            Fingerprints fingerprints = clouds(random, 40 + random.nextInt(100));
            DivideSettings settings = new DivideSettings(random.nextInt(12), 2 + random.nextInt(4), Duration.ZERO);
            TwinSearch search = new TwinSearch(fingerprints, settings);
            Groups expected = new Groups(fingerprints.size());
            int border = fingerprints.size() / 2;
            Set<Integer> expectedAcross = new TreeSet<>();
            for (int i = 0; i < fingerprints.size(); i++) {
                for (int j = i + 1; j < fingerprints.size(); j++) {
                    if (search.isTwin(i, j)) {
                        pairs++;
                        expected.link(i, j, Groups.Reason.TWIN);
                        if (i < border && j >= border) {
                            expectedAcross.add(i);
                        }
                    }
                }
            }
            Groups found = new Groups(fingerprints.size());
            Set<Integer> across = new TreeSet<>();

            search.all((one, other) -> {
                assertThat(search.isTwin(one, other)).isTrue();
                found.link(one, other, Groups.Reason.TWIN);
            });
            search.across(border, (one, other) -> {
                assertThat(one).isLessThan(border);
                assertThat(other).isGreaterThanOrEqualTo(border);
                across.add(one);
            });

            assertThat(found.all()).as("seed %d, %s", seed, settings).isEqualTo(expected.all());
            assertThat(across).as("seed %d, %s", seed, settings).isEqualTo(expectedAcross);
        }
        assertThat(pairs).isGreaterThan(1000);
    }

    /** Whatever is linked: no walk along links leads from one part into another. */
    @Test
    void shouldNeverTearAGroupApart() {
        int linked = 0;
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int n = 5 + random.nextInt(200);
            Groups groups = new Groups(n);
            List<List<Integer>> graph = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                graph.add(new ArrayList<>());
            }
            for (int links = random.nextInt(n); links > 0; links--) {
                int a = random.nextInt(n);
                int b = random.nextInt(n);
                graph.get(a).add(b);
                graph.get(b).add(a);
                groups.link(a, b, Groups.Reason.SAID);
                linked++;
            }
            double[] shares = random.nextBoolean() ? new double[] {0.3} : new double[] {0.2, 0.1};

            int[] parts = SafeSplit.divide(groups, shares, seed);

            for (int start = 0; start < n; start++) {
                Set<Integer> reached = new HashSet<>(Set.of(start));
                ArrayDeque<Integer> queue = new ArrayDeque<>(reached);
                while (!queue.isEmpty()) {
                    int at = queue.remove();
                    assertThat(parts[at]).isEqualTo(parts[start]);
                    assertThat(groups.group(at)).isEqualTo(groups.group(start));
                    graph.get(at).stream().filter(reached::add).forEach(queue::add);
                }
            }
            for (int part = 0; part < shares.length; part++) {
                assertThat(SafeSplit.part(parts, part).length).isLessThanOrEqualTo((int) Math.round(n * shares[part]));
            }
            assertThat(SafeSplit.divide(groups, shares, seed)).isEqualTo(parts);
        }
        assertThat(linked).isGreaterThan(10_000);
    }

    @Test
    void shouldHoldOutTheShareWhereNothingIsLinkedAndAnotherPartForAnotherSeed() {
        Groups alone = new Groups(1000);
        int[] one = SafeSplit.part(SafeSplit.divide(alone, new double[] {0.2}, 1), 0);
        int[] two = SafeSplit.part(SafeSplit.divide(alone, new double[] {0.2}, 2), 0);

        assertThat(one).hasSize(200);
        assertThat(two).hasSize(200);
        assertThat(Arrays.equals(one, two)).isFalse();
        assertThatThrownBy(() -> SafeSplit.divide(alone, new double[] {0.6, 0.4}, 1))
                .hasMessageContaining("together less than 1");
    }

    /** Labels are drawn by lot: all that can be known of one is what its twin gives away. */
    @Test
    void shouldSayWhatADivisionAtRandomWouldHaveLeaked() throws Exception {
        Random random = new Random(9);
        Album album = new Album();
        for (int i = 0; i < 300; i++) {
            RgbImage image = Pictures.blobs(1000 + i, 48, 48);
            int label = random.nextInt(4);
            album.add(image, label);
            if (i < 150) {
                album.add(Pictures.noisy(image, 4, i), label);
            }
        }

        DivisionReport report = Division.holdOut(album, 0.3, 3).report(List.of("test", "train"), List.of());

        assertThat(report.groups()).isEqualTo(300);
        assertThat(report.links()).containsExactlyEntriesOf(java.util.Map.of(Groups.Reason.TWIN, 150));
        assertThat(report.safe().withTwin()).isZero();
        assertThat(report.safe().test()).isEqualTo(135);
        assertThat(report.safe().accuracyWithout()).isBetween(0.1, 0.4);
        // Of 135 drawn from 450, two thirds are of pairs, and of these 0.7 leave their twin behind.
        assertThat(report.naive().withTwin()).isBetween(45, 85);
        assertThat(report.naive().accuracyWithTwin()).isEqualTo(1);
        assertThat(report.naive().accuracyWithout()).isBetween(0.08, 0.45);
        assertThat(report.lines()).anyMatch(line -> line.startsWith("divided safely: 0 of 135 test examples"));
    }

    @Test
    void shouldRefuseToHoldOutWhatIsAllOneGroup() {
        Album album = new Album();
        for (int i = 0; i < 20; i++) {
            album.add(Pictures.noisy(Pictures.blobs(1, 32, 32), 2, i), 0);
        }

        assertThatThrownBy(() -> Division.holdOut(album, 0.2, 0)).hasMessageContaining("split=random");
    }
}
