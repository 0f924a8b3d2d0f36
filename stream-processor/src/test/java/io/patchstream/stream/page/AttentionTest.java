package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.engine.TinyFolder;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import io.patchstream.stream.frame.ServedModel;
import io.patchstream.stream.infer.ExplainModel;
import io.patchstream.stream.infer.ExplainModel.Explanation;
import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.vision.DecodeScale;
import io.patchstream.vision.Png;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.ModelContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttentionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RecentFrames recent = new RecentFrames(4);
    private final Originals originals = new Originals(1 << 20);
    private final Attention attention = new Attention(
            new ExplainFiles(TinyFolder.original("explain").getParent()),
            recent,
            originals,
            DecodeScale.FULL,
            ModelKeys.NONE);
    private ModelContract contract;
    private String sha256;

    @BeforeEach
    void know() throws IOException {
        try (ExplainModel explain = ExplainModel.open(TinyFolder.original("explain"), ModelKeys.NONE)) {
            contract = explain.contract();
        }
        sha256 = ModelHash.of(TinyFolder.original("int8"));
    }

    @AfterEach
    void close() {
        attention.close();
        attention.close();
    }

    private static byte[] picture(long seed) {
        byte[] pixels = new byte[32 * 32 * 3];
        new Random(seed).nextBytes(pixels);
        return Png.encode(new RgbImage(32, 32, pixels));
    }

    private Prediction prediction(int label, ModelContract by, String hash) {
        return new Prediction(
                new ServedModel(by, hash, "cpu"), List.of(new Score(label, 0.75f)), new float[by.embeddingSize()]);
    }

    private static JsonNode told(Reply reply) throws IOException {
        assertThat(reply.status()).as(new String(reply.body(), UTF_8)).isEqualTo(200);
        return JSON.readTree(reply.body());
    }

    private static List<Float> shares(JsonNode told) {
        List<Float> shares = new ArrayList<>();
        told.get("shares").forEach(share -> shares.add(share.floatValue()));
        return shares;
    }

    @Test
    void shouldExplainThePictureThatWasShownAndNoLaterOne() throws Exception {
        Explanation first = byHand(1);
        Explanation second = byHand(2);
        long one = shown(1);
        long two = shown(2);

        JsonNode told = told(attention.ofShown(one));

        assertThat(shares(told)).isEqualTo(first.shares()).isNotEqualTo(second.shares());
        assertThat(shares(told(attention.ofShown(two)))).isEqualTo(second.shares());
        assertThat(told.get("scores").get(0).get("label").asText())
                .isEqualTo(contract.labels().get(3));
        assertThat(told.get("probability").floatValue())
                .isEqualTo(first.probabilities().get(3));
        assertThat(told.get("agrees").asBoolean())
                .isEqualTo(first.probabilities().stream()
                        .allMatch(probability ->
                                probability <= first.probabilities().get(3)));
        assertThat(told.get("file").asText()).isEqualTo("tiny-explain.onnx");
        assertThat(told.get("blocks").asInt()).isEqualTo(2);
        assertThat(told.get("sha256").asText()).isEqualTo(sha256);
    }

    /** The picture is as large as the input, so its pixels are what the model sees. */
    private static Explanation byHand(long seed) throws Exception {
        byte[] pixels = new byte[32 * 32 * 3];
        new Random(seed).nextBytes(pixels);
        try (ExplainModel explain = ExplainModel.open(TinyFolder.original("explain"), ModelKeys.NONE)) {
            return explain.explain(ByteBuffer.wrap(pixels));
        }
    }

    private long shown(long seed) {
        long id = recent.add("door", 0, prediction(3, contract, sha256), new byte[0]);
        originals.add(id, ByteBuffer.wrap(picture(seed)));
        return id;
    }

    @Test
    void shouldRefuseAnAnswerOfAnotherModel() throws Exception {
        JsonNode other = told(attention.of(ByteBuffer.wrap(picture(1)), prediction(0, contract, "ef".repeat(32))));
        assertThat(other.has("shares")).isFalse();
        assertThat(other.get("missing").asText())
                .contains("SHA-256 efefefefefef", "tiny-explain.onnx is of another model", "--attention-of");

        // The hash alone is not believed.
        ModelContract renamed = new ModelContract(
                contract.name(),
                contract.labels().stream().map(label -> label + "s").toList(),
                contract.preprocessing(),
                contract.embeddingSize(),
                contract.temperature(),
                contract.precision(),
                contract.flavour(),
                contract.lineage());
        assertThat(told(attention.of(ByteBuffer.wrap(picture(1)), prediction(0, renamed, sha256)))
                        .get("missing")
                        .asText())
                .contains("labels");
        // And it goes on, and what is loaded explains no other.
        assertThat(told(attention.of(ByteBuffer.wrap(picture(1)), prediction(0, contract, sha256)))
                        .has("shares"))
                .isTrue();
        assertThat(told(attention.of(ByteBuffer.wrap(picture(1)), prediction(0, contract, "ef".repeat(32))))
                        .has("missing"))
                .isTrue();
    }

    @Test
    void shouldSayThatAPictureIsKeptNoLonger() throws Exception {
        long id = recent.add("door", 0, prediction(0, contract, sha256), new byte[0]);

        assertThat(told(attention.ofShown(id)).get("missing").asText()).contains("kept no longer");
        assertThat(told(attention.ofShown(99)).get("missing").asText()).contains("kept no longer");
    }

    @Test
    void shouldTellOfAPictureThatCannotBeDecodedAndOfItsEnd() {
        Prediction prediction = prediction(0, contract, sha256);
        assertThat(attention
                        .of(ByteBuffer.wrap(new byte[] {1, 2, 3}), prediction)
                        .status())
                .isEqualTo(422);

        attention.close();

        assertThat(attention.of(ByteBuffer.wrap(picture(1)), prediction).status())
                .isEqualTo(503);
    }
}
