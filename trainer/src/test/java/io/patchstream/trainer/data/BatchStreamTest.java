package io.patchstream.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.augment.Augmentation;
import io.patchstream.trainer.augment.HorizontalFlip;
import io.patchstream.trainer.augment.Mixup;
import io.patchstream.trainer.augment.RandAugment;
import io.patchstream.trainer.augment.RandomCrop;
import io.patchstream.trainer.augment.RandomErasing;
import io.patchstream.trainer.augment.RandomPose;
import io.patchstream.trainer.scene.SceneDataset;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Preprocessing.Interpolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchStreamTest {
    private static final Augmentation EVERYTHING = Augmentation.chain(List.of(
            new RandomPose(10, 0.1, 2),
            new RandomCrop(2),
            new HorizontalFlip(),
            new RandAugment(2, 15),
            new RandomErasing(0.5)));
    private static final Augmentation NOTHING = Augmentation.chain(List.of());

    @TempDir
    Path folder;

    private Dataset dataset;

    @BeforeEach
    void read() throws IOException {
        IdxDataset items = IdxDataset.read(TinyIdx.write(folder, 42, 3), IdxDataset.Split.TRAIN);
        dataset = new TwoViews(items, new SceneDataset(items, 24), 0.5);
    }

    @Test
    void shouldGiveTheSameStreamForAnyNumberOfThreads() throws Exception {
        List<Batch> one = take(settings(EVERYTHING, 8, 0.1, 1), 0, 12);
        List<Batch> three = take(settings(EVERYTHING, 8, 0.1, 3), 0, 12);

        assertEqual(three, one);
    }

    @Test
    void shouldGoOnAtAnyStep() throws Exception {
        List<Batch> whole = take(settings(EVERYTHING, 8, 0.1, 1), 0, 12);

        List<Batch> rest = take(settings(EVERYTHING, 8, 0.1, 2), 7, 5);

        assertEqual(rest, whole.subList(7, 12));
    }

    @Test
    void shouldShowEachEpochInANewOrderAndWithNewPixels() throws Exception {
        List<Batch> batches = take(settings(EVERYTHING, 14, 0, 1), 0, 6);

        assertThat(batches.get(0).pixels()).isNotEqualTo(batches.get(3).pixels());
        int[] seen = new int[TinyIdx.CLASSES];
        for (Batch batch : batches.subList(0, 3)) {
            for (int label : batch.labels()) {
                seen[label]++;
            }
        }
        assertThat(seen).containsExactly(14, 14, 14);
    }

    @Test
    void shouldSmoothTargets() throws Exception {
        Batch batch = take(settings(NOTHING, 5, 0, 1), 0, 1).get(0);

        float[] targets = batch.targets();
        for (int i = 0; i < batch.size(); i++) {
            for (int k = 0; k < TinyIdx.CLASSES; k++) {
                float expected = 0.3f / TinyIdx.CLASSES + (batch.labels()[i] == k ? 0.7f : 0);
                assertThat(targets[i * TinyIdx.CLASSES + k]).isCloseTo(expected, within(1e-6f));
            }
        }
    }

    @Test
    void shouldPrepareAsServingDoesWhenNothingIsAugmented() throws Exception {
        Batch batch = take(settings(NOTHING, 42, 0, 1), 0, 1).get(0);
        int[] order = SampleSeed.permutation(9, 0, 42);
        IdxDataset items = IdxDataset.read(folder, IdxDataset.Split.TRAIN);
        int bytes = 32 * 32 * 3;
        int plain = 0;
        for (int i = 0; i < 42; i++) {
            byte[] served = Batch.prepared(
                            items, settings(NOTHING, 1, 0, 1).view().serving(), order[i])
                    .pixels();
            byte[] trained = java.util.Arrays.copyOfRange(batch.pixels(), i * bytes, (i + 1) * bytes);
            plain += java.util.Arrays.equals(served, trained) ? 1 : 0;
        }

        // about half are plain items, the others scenes
        assertThat(plain).isBetween(10, 32);
    }

    @Test
    void shouldNameThePictureThatCannotBeRead() {
        Dataset broken = new Dataset() {
            @Override
            public int size() {
                return 4;
            }

            @Override
            public int label(int index) {
                return 0;
            }

            @Override
            public List<String> labels() {
                return List.of("only");
            }

            @Override
            public RgbImage image(int index, long variation) throws IOException {
                throw new IOException("picture " + index + " is broken");
            }

            @Override
            public String manifestSha256() {
                return "";
            }
        };

        try (BatchStream stream = new BatchStream(broken, settings(NOTHING, 4, 0, 1), 0)) {
            assertThatThrownBy(stream::next).isInstanceOf(IOException.class).hasMessageContaining("is broken");
        }
    }

    @Test
    void shouldGiveEachPartItsPicturesOfTheWholeBatch() throws Exception {
        for (double mixup : new double[] {0, 0.4}) {
            List<Batch> whole = take(settings(new RandomCrop(3), 16, mixup, 1), 5, 3);
            List<Batch> parts = take(settings(new RandomCrop(3), 16, mixup, 1, new BatchStream.Part(1, 3)), 5, 3);

            assertEqual(parts, whole.stream().map(batch -> batch.part(5, 10)).toList());
        }
    }

    private static BatchStream.Settings settings(Augmentation augmentation, int batch, double mixup, int threads) {
        return settings(augmentation, batch, mixup, threads, BatchStream.Part.ALL);
    }

    private static BatchStream.Settings settings(
            Augmentation augmentation, int batch, double mixup, int threads, BatchStream.Part part) {
        return new BatchStream.Settings(
                Crop.none(Preprocessing.centreCrop(32, 32, Interpolation.BILINEAR)),
                augmentation,
                mixup > 0 ? Optional.of(new Mixup(mixup)) : Optional.empty(),
                0.3,
                batch,
                part,
                9,
                threads);
    }

    private List<Batch> take(BatchStream.Settings settings, long firstStep, int count) throws Exception {
        List<Batch> batches = new ArrayList<>();
        try (BatchStream stream = new BatchStream(dataset, settings, firstStep)) {
            for (int i = 0; i < count; i++) {
                batches.add(stream.next());
            }
        }
        return batches;
    }

    private static void assertEqual(List<Batch> found, List<Batch> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).pixels()).isEqualTo(expected.get(i).pixels());
            assertThat(found.get(i).targets()).isEqualTo(expected.get(i).targets());
            assertThat(found.get(i).labels()).isEqualTo(expected.get(i).labels());
        }
    }
}
