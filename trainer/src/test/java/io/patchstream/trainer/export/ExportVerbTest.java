package io.patchstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.model.GoldenFrames;
import io.patchstream.vision.model.ModelLineage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExportVerbTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void shouldExportRandomWeightsOfANamedSize() throws Exception {
        Path file = folder.resolve("random.onnx");
        int exit = run("--random CCT-2/3x2 --image-size 16 --classes 5 --seed 3 --out " + file);
        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
        assertThat(out.toString())
                .startsWith("random.onnx: CCT-2/3x2, fused fp32, ")
                .contains("random.golden.npz");
        assertThat(file).exists();
        assertThat(GoldenFrames.read(GoldenFrames.beside(file)).classes()).isEqualTo(5);
    }

    @Test
    void shouldExportWhatWasTrainedInTheFlavourThatIsWanted() throws Exception {
        RandomModel.of(TestModels.tiny(), 2).write(folder.resolve("run"));
        Path file = folder.resolve("portable.onnx");
        int exit = run("--flavour portable --from " + folder.resolve("run") + " --out " + file);
        assertThat(exit).isZero();
        assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("PORTABLE")
                .doesNotContain("com.microsoft");
    }

    @Test
    void shouldSayWhatInt8Cost() {
        int exit = run("--random CCT-2/3x2 --image-size 16 --classes 5 --precision int8 --out "
                + folder.resolve("random8.onnx"));
        assertThat(exit).isZero();
        assertThat(out.toString())
                .containsPattern("int8 by \\w+: top-1 [0-9.]+ % of float32's 100.00 % on 32 pictures");
    }

    @Test
    void shouldSayWhatHalfPrecisionCostAndPutWeightsBeside() {
        int exit = run("--random CCT-2/3x2 --image-size 16 --classes 5 --precision fp16 --external-over 0 --out "
                + folder.resolve("half.onnx"));
        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
        assertThat(out.toString()).containsPattern("fp16: logits within \\S+ of float32's .* of 4 pictures");
        assertThat(folder.resolve("half.onnx.data")).exists();
    }

    @Test
    void shouldExitWithTwoWhenMisusedAndSayHow() {
        assertThat(run("--out x.onnx")).isEqualTo(2);
        assertThat(run("--random ViT-Q/16 --out x.onnx")).isEqualTo(2);
        assertThat(run("--random ViT-Ti/16 --flavour fast --out x.onnx")).isEqualTo(2);
        assertThat(run("--random ViT-Ti/16 --precision bf16 --out x.onnx")).isEqualTo(2);
        assertThat(err.toString())
                .contains("no model is called ViT-Q/16")
                .contains("fast is neither fused nor portable")
                .contains("bf16 is none of fp32, fp16 and int8");
    }

    @Test
    void shouldNotQuantiseATrainedModelWithoutData() throws Exception {
        RandomModel.of(TestModels.tiny(), 2).write(folder.resolve("run"));
        assertThat(run("--precision int8 --from " + folder.resolve("run") + " --out " + folder.resolve("x.onnx")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("give the --recipe that names them (there is no recipe random");
        assertThat(folder.resolve("x.onnx")).doesNotExist();
    }

    @Test
    void shouldCalibrateAndValidateOnTheDataOfTheRecipeThatMadeTheModel() throws Exception {
        writeIdx("train", 40);
        writeIdx("t10k", 30);
        Path recipe = Files.writeString(folder.resolve("mine.properties"), "name=mine\ndata=nowhere\n");
        TrainedModel random = RandomModel.of(ModelVariants.named("CCT-2/3x2", 16, 3), 1);
        ModelLineage lineage = new ModelLineage("", "", recipe + " image-size=16 data=" + folder, 1, Map.of(), "");
        List<String> labels = List.of("0", "1", "2");
        new TrainedModel(random.config(), random.parameters(), labels, random.preprocessing(), lineage)
                .write(folder.resolve("run"));
        int exit = run("--precision int8 --max-drop 100 --from " + folder.resolve("run") + " --out "
                + folder.resolve("x.onnx"));
        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
        assertThat(out.toString()).contains(" on 30 pictures");
    }

    /** Random pictures of three classes in IDX files. */
    private void writeIdx(String split, int count) throws Exception {
        byte[] pixels = new byte[16 + count * 28 * 28];
        new Random(1).nextBytes(pixels);
        ByteBuffer.wrap(pixels).putInt(0x803).putInt(count).putInt(28).putInt(28);
        byte[] classes = new byte[8 + count];
        ByteBuffer.wrap(classes).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            classes[8 + i] = (byte) (i % 3);
        }
        Files.write(folder.resolve(split + "-images-idx3-ubyte"), pixels);
        Files.write(folder.resolve(split + "-labels-idx1-ubyte"), classes);
    }

    @Test
    void shouldExitWithOneWhenThereIsNoModel() {
        assertThat(run("--from " + folder + " --out " + folder.resolve("x.onnx")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("holds no trained model");
    }

    private int run(String arguments) {
        return new CommandLine(new ExportVerb())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.split(" "));
    }
}
