package io.patchstream.trainer.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellTest {
    @TempDir
    Path folder;

    private static Cell cell(String model, double top1, OptionalDouble fewShot) {
        return new Cell(model, 500, 160, 32, 1, 75_082, 5_538_688, 2000, top1, fewShot);
    }

    @Test
    void shouldComeBackTheSame() throws IOException {
        List<Cell> cells = List.of(
                cell("ViT 64x3", 1 / 3.0, OptionalDouble.of(0.1 + 0.2)),
                cell("R14+ViT 64x2", 1, OptionalDouble.empty()),
                cell("BiT R14x0.5", Double.MIN_NORMAL, OptionalDouble.of(0)));
        Path file = folder.resolve("cells.csv");

        Cell.write(cells, file);

        assertThat(Cell.read(file)).isEqualTo(cells);
    }

    @Test
    void shouldCountAStepAsThreeForwardPasses() {
        // 160 steps of 32 pictures, 3 passes of 2 operations a multiply-add: 5120 x 6 x 5,538,688, by hand.
        assertThat(cell("ViT", 0.5, OptionalDouble.empty()).trainingFlops()).isEqualTo(170_148_495_360.0);
    }

    @Test
    void shouldSayWhichLineIsWrong() throws IOException {
        Path file = folder.resolve("cells.csv");
        Cell.write(List.of(cell("ViT", 0.5, OptionalDouble.empty())), file);
        Files.writeString(file, Files.readString(file) + "ViT,many,160,32,1,75082,5538688,1,2000,0.5,\n");
        assertThatThrownBy(() -> Cell.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 3");

        Files.writeString(file, "model,examples\n");
        assertThatThrownBy(() -> Cell.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not begin with model,examples,steps");
    }
}
