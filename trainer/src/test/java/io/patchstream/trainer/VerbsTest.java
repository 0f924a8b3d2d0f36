package io.patchstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.TinyIdx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerbsTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldTrainThenEvaluate() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("tiny.properties"),
                "name=tiny\nmodel=CCT-2/3x2\nchannels=8\nhidden-size=16\nmlp-size=32\nimage-size=16\nbatch-size=16\n"
                        + "epochs=10\nlearning-rate=0.005\nwarm-up-epochs=0\nthreads=1\nevaluate-epochs=0\n");
        String data = TinyIdx.write(folder.resolve("data"), 96, 30).toString();
        Path model = folder.resolve("model");

        int trained = run("train", "--recipe", recipe.toString(), "--set", "data=" + data, "--out", model.toString());
        int evaluated = run("evaluate", "--from", model.toString());

        assertThat(trained).as(err.toString()).isZero();
        assertThat(evaluated).as(err.toString()).isZero();
        assertThat(out.toString()).contains("top1: 30 examples: top-1 ");
    }

    @Test
    void shouldChooseARecipeForABudgetAndSayWhy() throws IOException {
        String data = TinyIdx.write(folder.resolve("data"), 48, 30).toString();
        String model = folder.resolve("model").toString();
        String[] auto = {
            "train",
            "--recipe",
            "auto",
            "--budget",
            "2s",
            "--set",
            "data=" + data,
            "--set",
            "threads=1",
            "--set",
            "epochs=1",
            "--out",
            model
        };

        assertThat(run(auto)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("chosen: CCT-4/3x2 from scratch at 32 px in ");
        assertThat(run(auto)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("going on by ");
        assertThat(run("train", "--recipe", "auto", "--set", "data=" + data, "--out", model + "2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--recipe auto needs one, such as 20m");
    }

    @Test
    void shouldCompleteBitHyperRuleFromTheData() throws IOException {
        String data = TinyIdx.write(folder.resolve("data"), 48, 30).toString();
        Path model = folder.resolve("model");
        List<String> arguments = new ArrayList<>(
                List.of("train", "--recipe", "bit-hyperrule", "--out", model.toString(), "--set", "data=" + data));
        for (String set : List.of(
                "from=", "model=BiT-R14x1", "channels=32", "steps=1", "warm-up-steps=1", "batch-size=4", "threads=1")) {
            arguments.addAll(List.of("--set", set));
        }

        assertThat(run(arguments.toArray(String[]::new))).as(err.toString()).isZero();
        assertThat(model.resolve("recipe.properties"))
                .content()
                .contains(
                        "stairs=0.4,0.6,0.8",
                        "mixup=0.0",
                        "image-size=128",
                        "resize-to=160",
                        "crop=RANDOM",
                        "steps=1\n");
    }

    @Test
    void shouldListRecipesAndTheirSettings() {
        assertThat(run("recipes")).isZero();
        assertThat(run("recipes", "--keys")).isZero();

        assertThat(out.toString())
                .contains("./patchstream train --recipe fashion-mnist --out")
                .contains("batch-size=128  B, over all processes.");
    }

    @Test
    void shouldCallAWrongSettingMisuse() {
        int code = run("train", "--recipe", "fashion-mnist", "--set", "epoch=3", "--out", folder.toString());

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("there is no setting epoch; the nearest is epochs");
    }

    @Test
    void shouldFailWithoutDataAndSayWhatIsMissing() {
        int code = run("train", "--recipe", "fashion-mnist", "--set", "data=/nowhere", "--out", folder.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("/nowhere").contains("--set data=");
    }

    @Test
    void shouldFailWithoutAModelAndSayWhere() {
        int code = run("evaluate", "--from", folder.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("model.json is missing");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
