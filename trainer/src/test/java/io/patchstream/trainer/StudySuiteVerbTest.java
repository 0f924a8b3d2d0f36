package io.patchstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.study.Cell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudySuiteVerbTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path suite;
    private Path tasks;
    private Path recipe;

    @BeforeEach
    void write() throws IOException {
        suite = folder.resolve("suite");
        recipe = Files.writeString(
                folder.resolve("tiny.properties"),
                "name=tiny\nmodel=ViT-mu/8\nhidden-size=16\nmlp-size=32\nimage-size=16\nbatch-size=8\nsteps=6\n"
                        + "warm-up-steps=1\nlearning-rate=0.01\nthreads=1\n");
        tasks = folder.resolve("tasks.txt");
        Files.writeString(
                tasks,
                "natural one: data=" + TinyIdx.write(folder.resolve("one"), 60, 30) + "\n"
                        + "natural two: data=" + TinyIdx.write(folder.resolve("two"), 45, 15) + "; flip=true\n"
                        + "structured one: data=" + folder.resolve("one") + "; steps=12\n");
    }

    @Test
    void shouldTrainEveryTaskOnceAndGiveTheMeans() throws IOException {
        assertThat(run("--seeds", "2")).as(err.toString()).isZero();

        List<Cell> cells = Cell.read(suite.resolve("suite.csv"));
        assertThat(cells)
                .extracting(Cell::model)
                .containsExactly(
                        "natural one", "natural one", "natural two", "natural two", "structured one", "structured one");
        assertThat(cells).extracting(Cell::examples).containsOnly(30);
        assertThat(cells).extracting(Cell::steps).containsExactly(6L, 6L, 6L, 6L, 12L, 12L);
        assertThat(cells).extracting(Cell::tested).containsExactly(30, 30, 15, 15, 30, 30);
        double mean = cells.stream().mapToDouble(Cell::top1).average().orElseThrow();
        assertThat(out.toString())
                .contains(String.format(Locale.ROOT, "all: top-1 %.2f %% (deviation ", 100 * mean))
                .contains("mean of 3 tasks; 5-shot linear ");
        assertThat(Files.readString(suite.resolve("suite.txt"))).isEqualTo(out.toString());

        Path model = suite.resolve("cells/natural-two-30x6-seed1/model.safetensors");
        FileTime before = Files.getLastModifiedTime(model);
        assertThat(run("--seeds", "2")).as(err.toString()).isZero();
        assertThat(Files.getLastModifiedTime(model)).isEqualTo(before);
    }

    @Test
    void shouldNameAllThatIsMissingBeforeAnythingIsTrained() throws IOException {
        Files.writeString(
                tasks, Files.readString(tasks) + "structured two: data=/nowhere\nspecialized: data=/nowhere/either\n");

        assertThat(run()).isEqualTo(1);

        assertThat(err.toString())
                .contains("2 of 5 tasks have no data:")
                .contains("structured two: the training data are in none of [/nowhere]")
                .contains("specialized: the training data are in none of [/nowhere/either]");
        assertThat(suite).doesNotExist();
    }

    @Test
    void shouldRefuseBadInputBeforeAnythingIsTrained() throws IOException {
        assertThat(run("--examples", "46")).isEqualTo(2);
        assertThat(run("--examples", "-1")).isEqualTo(2);
        assertThat(run("--seeds", "0")).isEqualTo(2);
        Files.writeString(tasks, "natural one: flip=true\n");
        assertThat(run()).isEqualTo(1);

        assertThat(err.toString())
                .contains("natural two: 46 examples are asked for; there are 45 of 3 classes")
                .contains("--examples is -1")
                .contains("natural one has no data, such as data=FOLDER");
        assertThat(suite).doesNotExist();
    }

    private int run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("study", "suite", "--examples", "30"));
        if (List.of(arguments).contains("--examples")) {
            command = new ArrayList<>(List.of("study", "suite"));
        }
        command.addAll(List.of("--recipe", recipe.toString(), "--tasks", tasks.toString(), "--out", suite.toString()));
        command.addAll(List.of(arguments));
        out.getBuffer().setLength(0);
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(command.toArray(String[]::new));
    }
}
