package io.patchstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.export.RandomModel;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.model.ModelOptions.FinalNorm;
import io.patchstream.trainer.model.ModelOptions.Mlp;
import io.patchstream.trainer.model.ModelOptions.Positions;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.ModelContract;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateVerbTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldMeasureAllAndGiveWhatItTellsToTheServedModel() throws IOException, OrtException {
        Path data = TinyIdx.write(folder.resolve("data"), 96, 480);
        Path outside = TinyIdx.write(folder.resolve("outside"), 3, 9);
        Path model = folder.resolve("model");
        Path recipe = Files.writeString(
                folder.resolve("tiny.properties"),
                "name=tiny\nmodel=ViT-Ti/4\nlayers=2\nheads=2\nhidden-size=16\nmlp-size=32\n"
                        + "image-size=16\nbatch-size=16\nepochs=4\nlearning-rate=0.005\nwarm-up-epochs=0\nthreads=1\n"
                        + "evaluate-epochs=0\n");
        assertThat(run("train", "--recipe", recipe.toString(), "--set", "data=" + data, "--out", model.toString()))
                .as(err.toString())
                .isZero();

        assertThat(run(
                        "evaluate",
                        "--model",
                        model.toString(),
                        "--data",
                        data.toString(),
                        "--outside",
                        outside.toString(),
                        "--spoilt-examples",
                        "20",
                        "--calibrate"))
                .as(err.toString())
                .isZero();

        JsonNode measured = new JsonMapper()
                .readTree(model.resolve("evaluation.json").toFile())
                .get(0);
        double temperature = measured.at("/calibration/temperature").asDouble();
        assertThat(TrainedModel.read(model).temperature())
                .isEqualTo(temperature)
                .isNotEqualTo(1);
        assertThat(measured.at("/calibration/fittedOn").asInt()).isEqualTo(240);
        assertThat(measured.at("/conformal/sets/examples").asInt()).isEqualTo(120);
        assertThat(measured.at("/conformal/measuredOn").asInt()).isEqualTo(120);
        assertThat(measured.at("/outsiders/beyond").size())
                .as("50, 90, 95 and 99 %")
                .isEqualTo(4);
        assertThat(measured.get("confusion").size()).isEqualTo(3);
        assertThat(measured.get("robustness").size()).isEqualTo(5);
        assertThat(measured.get("fewShot").size()).as("1, 5, 10 and 25 shots").isEqualTo(4);
        assertThat(measured.at("/outsiders/outside").asInt()).isEqualTo(9);
        assertThat(out.toString())
                .contains("conformal sets: 90 % promised from 120", "limits of distance from 120: 50.0 %")
                .contains("nearest neighbours");

        Path inside = folder.resolve("inside");
        assertThat(run("inspect", "--from", model.toString(), "--pictures", "8", "--out", inside.toString()))
                .as(err.toString())
                .isZero();
        assertThat(inside).isDirectoryContaining("glob:**/rollout.png").isDirectoryContaining("glob:**/filters.png");
        JsonNode seen = new JsonMapper().readTree(inside.resolve("inspect.json").toFile());
        assertThat(seen.get("attentionDistance").size()).isEqualTo(2);
        assertThat(seen.get("rollout").get(0).size()).isEqualTo(16);

        assertThat(run("report", "--from", model.toString())).as(err.toString()).isZero();
        String html = Files.readString(model.resolve("report.html"));
        assertThat(html)
                .contains("<svg", "gradient norm", "Confusion", "prefers-color-scheme: dark", "width=device-width");
        assertThat(html).as("all of it is in the file").doesNotContain("http://", "https://", "<script", "<link");

        Path onnx = folder.resolve("model.onnx");
        assertThat(run("export", "--from", model.toString(), "--flavour", "portable", "--out", onnx.toString()))
                .as(err.toString())
                .isZero();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        ByteBuffer pixels = ByteBuffer.allocateDirect(16 * 16 * 3);
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (byte) (i * 7));
        }
        try (OrtSession session = environment.createSession(onnx.toString());
                OnnxTensor input =
                        OnnxTensor.createTensor(environment, pixels, new long[] {1, 16, 16, 3}, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("pixels", input))) {
            assertThat(session.getMetadata().getCustomMetadata())
                    .containsEntry("patchstream.temperature", Double.toString(temperature));
            ModelContract contract =
                    ModelContract.fromMetadata(session.getMetadata().getCustomMetadata());
            assertThat(contract.conformal().orElseThrow().threshold())
                    .isEqualTo(measured.at("/conformal/sets/threshold").asDouble());
            assertThat(contract.distances().orElseThrow().percents()).isEqualTo("50.0, 90.0, 95.0, 99.0");
            assertThat(((float[]) result.get("distance").orElseThrow().getValue())[0])
                    .as("a ramp is like none of the classes")
                    .isGreaterThan((float)
                            contract.distances().orElseThrow().limits().get(3).distance());
            float[] logits = ((float[][]) result.get("logits").orElseThrow().getValue())[0];
            float[] probabilities =
                    ((float[][]) result.get("probabilities").orElseThrow().getValue())[0];
            for (int k = 1; k < logits.length; k++) {
                assertThat(Math.log(probabilities[k] / probabilities[0]))
                        .isCloseTo((logits[k] - logits[0]) / temperature, within(1e-3));
            }
        }
    }

    @Test
    void shouldLookInsideModelsWithoutLearnedPositionsAndClassToken() throws IOException {
        Path data = TinyIdx.write(folder.resolve("data"), 96, 60);
        ModelOptions bag =
                new ModelOptions(Positions.NONE, Mlp.PLAIN, true, false, FinalNorm.BEFORE_POOLING, 0, 0, true, false);
        ModelConfig config = new ModelConfig(
                "bag",
                16,
                new Patches(4),
                16,
                2,
                2,
                32,
                3,
                Pooling.MAP,
                Gelu.ERF,
                1e-6,
                0,
                0,
                Normalisation.HALF,
                0,
                bag);
        Path model = folder.resolve("model");
        RandomModel.of(config, 3).write(model);
        Path inside = folder.resolve("inside");

        assertThat(run(
                        "inspect",
                        "--from",
                        model.toString(),
                        "--data",
                        data.toString(),
                        "--pictures",
                        "4",
                        "--out",
                        inside.toString()))
                .as(err.toString())
                .isZero();

        assertThat(inside).isDirectoryNotContaining("glob:**/positions.png");
        double share = 0;
        for (JsonNode patch : new JsonMapper()
                .readTree(inside.resolve("inspect.json").toFile())
                .at("/rollout/0")) {
            share += patch.asDouble();
        }
        assertThat(share).as("all of the embedding comes from patches").isCloseTo(1, within(1e-4));
    }

    @Test
    void shouldNameTheFolderWithoutAModel() throws IOException {
        assertThat(run("evaluate", "--from", "/nowhere")).isEqualTo(1);
        assertThat(err.toString()).contains("model.json is missing");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
