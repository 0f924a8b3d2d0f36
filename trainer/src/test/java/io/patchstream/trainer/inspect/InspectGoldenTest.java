package io.patchstream.trainer.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.evaluate.Observation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.vision.ImageDecoder;
import io.patchstream.vision.Png;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.encoded.DecodeLimits;
import io.patchstream.vision.encoded.UndecodableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against numpy, which multiplies whole matrices: {@code src/test/oracle/make_evaluation_golden.py}. */
class InspectGoldenTest {
    private static final ModelConfig CONFIG = new ModelConfig(
            "tiny",
            16,
            new Patches(8),
            4,
            3,
            2,
            8,
            3,
            Pooling.CLASS_TOKEN,
            Gelu.ERF,
            1e-6,
            0,
            0,
            Normalisation.HALF,
            0);

    @Test
    void shouldRollOutAsNumpyDoes() throws IOException {
        JsonNode golden = golden();

        double[] rollout = AttentionMaps.rollout(observation(golden), 0);

        double all = golden.get("rollout").get(0).asDouble();
        assertThat(rollout).hasSize(4);
        for (int i = 0; i < rollout.length; i++) {
            assertThat(rollout[i]).isCloseTo(golden.get("rollout").get(i + 1).asDouble(), within(1e-6));
            all += rollout[i];
        }
        assertThat(all).isCloseTo(1, within(1e-5));
    }

    @Test
    void shouldMeasureDistancesAsNumpyDoes() throws IOException {
        JsonNode golden = golden();

        double[][] distance = AttentionMaps.distance(observation(golden));

        for (int block = 0; block < 3; block++) {
            for (int head = 0; head < 2; head++) {
                assertThat(distance[block][head])
                        .isCloseTo(golden.get("distance").get(block * 2 + head).asDouble(), within(1e-5));
            }
        }
    }

    @Test
    void shouldWritePngThatReadsBackToTheSamePixels() throws UndecodableException {
        byte[] pixels = new byte[13 * 7 * 3];
        new Random(2).nextBytes(pixels);
        try (ImageDecoder decoder = new ImageDecoder(DecodeLimits.defaults())) {
            RgbImage read = decoder.decode(Png.encode(new RgbImage(13, 7, pixels)));

            assertThat(read.height()).isEqualTo(13);
            assertThat(read.pixels()).isEqualTo(pixels);
        }
    }

    @Test
    void shouldFindTheDirectionThatPointsLieAlong() {
        Random random = new Random(3);
        float[] rows = new float[200 * 3];
        for (int i = 0; i < 200; i++) {
            float along = (float) random.nextGaussian() * 5;
            rows[i * 3] = 3 * along;
            rows[i * 3 + 1] = 4 * along;
            rows[i * 3 + 2] = (float) random.nextGaussian() * 0.01f;
        }

        PrincipalComponents components = PrincipalComponents.of(rows, 200, 3);

        assertThat(components.direction(0)).containsExactly(new double[] {0.6, 0.8, 0}, within(1e-3));
        assertThat(components.share(0)).isGreaterThan(0.999);
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = InspectGoldenTest.class.getResourceAsStream("/evaluate/golden.json")) {
            return new JsonMapper().readTree(in);
        }
    }

    private static Observation observation(JsonNode golden) {
        List<float[]> attention = new ArrayList<>();
        int each = 2 * 5 * 5;
        for (int block = 0; block < 3; block++) {
            float[] weights = new float[each];
            for (int i = 0; i < each; i++) {
                weights[i] =
                        (float) golden.get("attention").get(block * each + i).asDouble();
            }
            attention.add(weights);
        }
        return new Observation(CONFIG, 1, attention, new float[20], null, new float[3], new float[4]);
    }
}
