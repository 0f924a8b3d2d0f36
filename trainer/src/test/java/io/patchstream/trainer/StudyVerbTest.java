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
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyVerbTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path contenders;
    private Path study;
    private String data;

    @BeforeEach
    void write() throws IOException {
        data = TinyIdx.write(folder.resolve("data"), 90, 30).toString();
        study = folder.resolve("study");
        contenders = Files.writeString(
                folder.resolve("contenders.txt"),
                "ViT: model=ViT-mu/8; hidden-size=16; mlp-size=32\nBiT: model=BiT-R14x1; channels=32\n");
    }

    @Test
    void shouldTrainEachCellOnceAndGoOn() throws IOException {
        assertThat(dataSize("--examples", "30")).as(err.toString()).isZero();
        Path cell = study.resolve("cells/vit-30x6-seed0");
        FileTime model = Files.getLastModifiedTime(cell.resolve("model.safetensors"));
        String first = Files.readString(study.resolve("data-size.csv"));

        assertThat(dataSize("--examples", "30,90")).as(err.toString()).isZero();

        assertThat(Files.getLastModifiedTime(cell.resolve("model.safetensors"))).isEqualTo(model);
        assertThat(Files.readString(study.resolve("data-size.csv"))).startsWith(first);
        List<Cell> cells = Cell.read(study.resolve("data-size.csv"));
        assertThat(cells).extracting(Cell::examples).containsExactly(30, 30, 90, 90);
        assertThat(cells).extracting(Cell::tested).containsOnly(30);
        assertThat(cells).allSatisfy(each -> assertThat(each.fewShot()).isPresent());
        assertThat(out.toString()).contains("top-1: ViT and BiT: ").contains("5-shot linear: ViT and BiT: ");
        assertThat(study.resolve("data-size-top1.svg")).isNotEmptyFile();
        assertThat(study.resolve("data-size-five-shot.svg")).isNotEmptyFile();
    }

    @Test
    void shouldEndACellThatWasStopped() throws IOException {
        assertThat(dataSize("--examples", "30")).as(err.toString()).isZero();
        String whole = Files.readString(study.resolve("data-size.csv"));
        // As a kill before the result is written leaves it: the state, and no result.
        Files.delete(study.resolve("cells/vit-30x6-seed0/cell.csv"));

        assertThat(dataSize("--examples", "30")).as(err.toString()).isZero();

        assertThat(Files.readString(study.resolve("data-size.csv"))).isEqualTo(whole);
    }

    @Test
    void shouldRefuseCellsOfOtherSettings() throws IOException {
        assertThat(dataSize("--examples", "30")).as(err.toString()).isZero();
        int code = dataSize("--examples", "30", "--set", "learning-rate=0.5");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("was trained with other settings or data: choose another --out");
    }

    @Test
    void shouldStudyScaling() throws IOException {
        List<String> command = new ArrayList<>(List.of("study", "scaling", "--steps", "4,2", "--seeds", "2"));
        assertThat(run(command)).as(err.toString()).isZero();

        List<Cell> cells = Cell.read(study.resolve("scaling.csv"));
        assertThat(cells).extracting(Cell::steps).containsExactly(2L, 2L, 2L, 2L, 4L, 4L, 4L, 4L);
        assertThat(cells).extracting(Cell::seed).containsOnly(0L, 1L);
        assertThat(cells).extracting(Cell::examples).containsOnly(90);
        assertThat(cells).isSortedAccordingTo(Comparator.comparingLong(Cell::steps));
        assertThat(out.toString()).contains("top-1: ViT and BiT: ");
    }

    @Test
    void shouldTestFewShotsOnOtherData() throws IOException {
        Path other = TinyIdx.write(folder.resolve("other"), 60, 15);
        int code = dataSize("--examples", "30", "--transfer", other.toString());

        assertThat(code).as(err.toString()).isZero();
        // 15 pictures, three draws: an accuracy in 45ths.
        assertThat(Cell.read(study.resolve("data-size.csv")))
                .allSatisfy(cell -> assertThat(cell.fewShot().getAsDouble() * 45 % 1)
                        .satisfiesAnyOf(
                                rest -> assertThat(rest).isLessThan(1e-6),
                                rest -> assertThat(rest).isGreaterThan(1 - 1e-6)));
    }

    @Test
    void shouldRefuseBadInputBeforeAnythingIsTrained() throws IOException {
        assertThat(dataSize("--examples", "30,91")).isEqualTo(2);
        assertThat(dataSize("--examples", "2")).isEqualTo(2);
        assertThat(dataSize("--fractions", "0.5,1.5")).isEqualTo(2);
        assertThat(dataSize("--fractions", "0.5", "--examples", "30")).isEqualTo(2);
        assertThat(dataSize("--examples", "30", "--seeds", "0")).isEqualTo(2);
        assertThat(dataSize("--examples", "30", "--set", "stepz=1")).isEqualTo(2);
        assertThat(dataSize("--examples", "30", "--set", "cool-down-steps=6")).isEqualTo(2);
        assertThat(dataSize("--examples", "30", "--set", "data=/nowhere")).isEqualTo(1);
        assertThat(run(List.of("study", "scaling", "--steps", "0"))).isEqualTo(2);
        Files.writeString(contenders, "ViT: model=ViT-mu/8\nBiT: model=BiT-R15x1\n");
        assertThat(dataSize("--examples", "30")).isEqualTo(2);

        assertThat(err.toString())
                .contains("91 examples are asked for; there are 90 of 3 classes")
                .contains("--fractions has 1.5; it must be over 0, at most 1")
                .contains("the nearest is steps")
                .contains("ViT: a schedule needs")
                .contains("--steps has [0]; they must be 1 or more")
                .contains("BiT: no model is called BiT-R15x1");
        try (Stream<Path> made = Files.exists(study) ? Files.list(study) : Stream.empty()) {
            assertThat(made).isEmpty();
        }
    }

    private int dataSize(String... arguments) {
        List<String> command = new ArrayList<>(List.of("study", "data-size", "--set", "steps=6"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private int run(List<String> command) {
        List<String> all = new ArrayList<>(command);
        if (!all.toString().contains("data=")) {
            all.addAll(List.of("--set", "data=" + data));
        }
        all.addAll(List.of("--contenders", contenders.toString(), "--out", study.toString()));
        all.addAll(List.of("--set", "image-size=16", "--set", "batch-size=8", "--set", "warm-up-steps=1"));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
