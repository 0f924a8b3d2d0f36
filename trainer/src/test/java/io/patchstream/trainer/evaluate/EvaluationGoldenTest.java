package io.patchstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.vision.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against numpy, scipy and scikit-learn: {@code src/test/oracle/make_evaluation_golden.py}. */
class EvaluationGoldenTest {
    private static JsonNode golden;
    private static Answers known;
    private static Answers asked;

    @BeforeAll
    static void read() throws IOException {
        LibTorch.setUp(1);
        try (InputStream in = EvaluationGoldenTest.class.getResourceAsStream("/evaluate/golden.json")) {
            golden = new JsonMapper().readTree(in);
        }
        known = new Answers(floats("logits"), floats("embeddings"), integers("labels"));
        asked = new Answers(floats("testLogits"), floats("testEmbeddings"), integers("testLabels"));
    }

    @Test
    void shouldFitScipysTemperature() {
        double temperature = TemperatureScaling.fit(known);

        assertThat(temperature).isCloseTo(golden.get("temperature").asDouble(), within(1e-5));
        assertThat(TemperatureScaling.loss(known, temperature))
                .isCloseTo(golden.get("loss").asDouble(), within(1e-6));
        assertThat(TemperatureScaling.loss(known, 1))
                .isCloseTo(golden.get("lossAtOne").asDouble(), within(1e-6));
    }

    @Test
    void shouldMeasureTheSameCalibrationError() {
        Reliability reliability =
                Reliability.of(known, golden.get("temperature").asDouble(), Reliability.BINS);

        assertThat(reliability.error()).isCloseTo(golden.get("ece").asDouble(), within(1e-6));
        assertThat(reliability.bins().stream().mapToInt(Reliability.Bin::count).sum())
                .isEqualTo(known.size());
    }

    @Test
    void shouldFindTheSameConformalThreshold() {
        ConformalSets sets =
                ConformalSets.calibrate(known, golden.get("temperature").asDouble(), 0.1);

        assertThat(sets.threshold()).isCloseTo(golden.get("conformalThreshold").asDouble(), within(1e-6));
        assertThat(ConformalSets.calibrate(known.part(new int[] {0, 1}), 1, 0.1).threshold())
                .as("two examples promise nothing")
                .isZero();
    }

    @Test
    void shouldCoverAsPromised() {
        Random random = new Random(4);
        Answers calibration = noise(random, 2000);
        Answers fresh = noise(random, 2000);

        ConformalSets.Outcome outcome =
                ConformalSets.calibrate(calibration, 1, 0.1).measure(fresh, 1);

        assertThat(outcome.coverage()).isBetween(0.87, 0.93);
        assertThat(outcome.size()).isBetween(1.0, 10.0);
    }

    @Test
    void shouldSolveForTheSameHeadWithManyAndWithFewExamples() {
        double[] many =
                LeastSquaresHead.fit(known, 4, LeastSquaresHead.L2).weights().values();
        double[] few = LeastSquaresHead.fit(known.part(new int[] {0, 1, 2, 3, 4}), 4, LeastSquaresHead.L2)
                .weights()
                .values();

        assertThat(many).containsExactly(doubles("lsrMany"), within(1e-6));
        assertThat(few).containsExactly(doubles("lsrFew"), within(1e-6));
    }

    @Test
    void shouldSolveForAThousandEmbeddingsInASecond() {
        Random random = new Random(1);
        float[] embeddings = new float[1000 * 384];
        int[] labels = new int[1000];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 20;
            for (int j = 0; j < 384; j++) {
                embeddings[i * 384 + j] = (float) random.nextGaussian() + (j % 20 == labels[i] ? 1 : 0);
            }
        }
        Answers answers = new Answers(new float[1000], embeddings, labels);
        LeastSquaresHead.fit(answers, 20, LeastSquaresHead.L2);

        long begin = System.nanoTime();
        LeastSquaresHead head = LeastSquaresHead.fit(answers, 20, LeastSquaresHead.L2);
        double seconds = (System.nanoTime() - begin) / 1e9;

        assertThat(head.accuracy(answers)).isGreaterThan(0.9);
        assertThat(seconds).isLessThan(3); // 1 s undisturbed; a shared machine gets more
    }

    @Test
    void shouldMeasureTheSameDistances() {
        assertThat(ClassGaussians.fit(known, 4).distances(asked)).containsExactly(doubles("mahalanobis"), within(1e-3));
        assertThat(ClassGaussians.areaUnderCurve(doubles("inside"), doubles("outside")))
                .isCloseTo(golden.get("auroc").asDouble(), within(1e-9));
    }

    @Test
    void shouldVoteAsScikitLearnDoes() {
        assertThat(new NearestNeighbours(9).vote(known, asked, 4)).isEqualTo(integers("neighbours"));
    }

    @Test
    void shouldBlurAsScipyDoes() throws IOException {
        RgbImage blurred = Corruption.GAUSSIAN_BLUR.apply(new RgbImage(9, 7, bytes("picture")), 4, 0);

        byte[] expected = bytes("blurred");
        for (int i = 0; i < expected.length; i++) {
            int difference = Byte.toUnsignedInt(blurred.pixels()[i]) - Byte.toUnsignedInt(expected[i]);
            assertThat(Math.abs(difference)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void shouldSpoilMoreWithEachSeverityAndKeepTheSize() throws IOException {
        RgbImage image = new RgbImage(9, 7, bytes("picture"));
        for (Corruption corruption : Corruption.values()) {
            double before = 0;
            for (int severity : new int[] {1, 5}) {
                RgbImage spoilt = corruption.apply(image, severity, 3);
                assertThat(spoilt.height()).isEqualTo(9);
                double off = 0;
                for (int i = 0; i < spoilt.pixels().length; i++) {
                    off += Math.abs(Byte.toUnsignedInt(spoilt.pixels()[i]) - Byte.toUnsignedInt(image.pixels()[i]));
                }
                assertThat(off).as("%s %d", corruption, severity).isGreaterThan(before);
                before = off;
            }
            assertThat(corruption.apply(image, 2, 3).pixels())
                    .isEqualTo(corruption.apply(image, 2, 3).pixels());
        }
    }

    private static Answers noise(Random random, int count) {
        float[] logits = new float[count * 10];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(10);
            for (int k = 0; k < 10; k++) {
                logits[i * 10 + k] = (float) random.nextGaussian() + (k == labels[i] ? 2 : 0);
            }
        }
        return new Answers(logits, new float[count], labels);
    }

    private static double[] doubles(String name) {
        JsonNode node = golden.get(name);
        double[] values = new double[node.size()];
        Arrays.setAll(values, i -> node.get(i).asDouble());
        return values;
    }

    private static int[] integers(String name) {
        return Arrays.stream(doubles(name)).mapToInt(value -> (int) value).toArray();
    }

    private static float[] floats(String name) {
        double[] values = doubles(name);
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    private static byte[] bytes(String name) {
        int[] values = integers(name);
        byte[] narrow = new byte[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (byte) values[i];
        }
        return narrow;
    }
}
