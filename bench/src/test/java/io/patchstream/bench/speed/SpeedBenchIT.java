package io.patchstream.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.bench.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeedBenchIT {
    private static final int LIMIT_MIB = 700;

    private final StringWriter out = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String models, String sizes, int memoryMib, String... more) {
        List<String> arguments = new ArrayList<>(List.of("speed", "--models", models, "--sizes", sizes));
        arguments.addAll(List.of("--device", "cpu", "--seconds", "1", "--memory-seconds", "1"));
        arguments.addAll(List.of("--memory-mib", Integer.toString(memoryMib), "--out", folder.toString()));
        arguments.addAll(List.of(more));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
    }

    private List<JsonNode> rows() throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        new ObjectMapper()
                .readTree(folder.resolve("speed.json").toFile())
                .get("rows")
                .forEach(rows::add);
        return rows;
    }

    @Test
    void shouldMeasureSpeedThenMemoryAndNothingTwice() throws Exception {
        assertThat(run("ViT-mu/16,BiT-R14x1", "120", 0)).as(out.toString()).isZero();

        List<JsonNode> fast = rows();
        assertThat(fast)
                .extracting(row -> row.get("model").textValue() + " "
                        + row.get("precision").textValue() + " "
                        + row.get("size").intValue())
                .containsExactly("ViT-mu/16 fp32 112", "BiT-R14x1 fp32 120", "ViT-mu/16 int8 112");
        assertThat(fast).allMatch(row -> row.get("largest").isNull());
        assertThat(folder.resolve("models")).isEmptyDirectory();
        double small = fast.get(1).get("per_second").doubleValue();

        assertThat(run("BiT-R14x1", "120,224", LIMIT_MIB, "--precisions", "fp32"))
                .as(out.toString())
                .isZero();

        List<JsonNode> full = rows();
        JsonNode first = full.get(1);
        JsonNode large = full.get(3);
        assertThat(full).hasSize(4);
        assertThat(first.get("per_second").doubleValue()).isEqualTo(small);
        // 3.5 times the pixels.
        assertThat(large.get("per_second").doubleValue()).isPositive().isLessThan(small / 1.5);
        for (JsonNode row : List.of(first, large)) {
            assertThat(row.at("/largest/limit_mib").intValue()).isEqualTo(LIMIT_MIB);
            assertThat(row.at("/largest/tried/0/mib").doubleValue())
                    .as(row.toString())
                    .isBetween(100.0, 1.0 * LIMIT_MIB);
        }
        assertThat(large.at("/largest/pictures").intValue())
                .isPositive()
                .isLessThan(first.at("/largest/pictures").intValue() / 2);
        assertThat(Files.readString(folder.resolve("speed-fp32.svg"))).contains("ViT-mu/16", "BiT-R14x1");
        assertThat(Files.readString(folder.resolve("batch-fp32.svg"))).contains("BiT-R14x1");
        assertThat(Files.readAllLines(folder.resolve("speed.md"))).hasSize(2 + 4);

        String before = Files.readString(folder.resolve("speed.json"));
        assertThat(run("BiT-R14x1", "120,224", LIMIT_MIB, "--precisions", "fp32"))
                .isZero();
        assertThat(folder.resolve("speed.json")).hasContent(before);
    }

    @Test
    void shouldRefuseALimitThatTheMachineDoesNotHave() {
        assertThat(run("ViT-mu/16", "32", 999_999_999)).isEqualTo(2);
        assertThat(out.toString()).contains("MiB are free");
    }

    @Test
    void shouldRefuseAPictureSmallerThanAPatchBeforeItMeasuresAnything() {
        assertThat(run("ViT-mu/16", "32,8", 0)).isEqualTo(2);
        assertThat(out.toString()).contains("ViT-mu/16 at 8 px");
        assertThat(folder).isEmptyDirectory();
    }
}
