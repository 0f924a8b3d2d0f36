package io.patchstream.stream.classify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassifyCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Path jpeg;
    private Path png;
    private Path broken;

    @BeforeEach
    void givenTwoPicturesAndABrokenOne() throws IOException {
        jpeg = write("a.jpg", "jpg");
        png = write("b.png", "png");
        byte[] whole = Files.readAllBytes(jpeg);
        broken = Files.write(folder.resolve("broken.jpg"), Arrays.copyOf(whole, whole.length / 2));
    }

    @Test
    void shouldAnswerTwoFilesAndNameTheThirdWithItsCause() throws Exception {
        int exit = classify("--top", "2", jpeg.toString(), png.toString(), broken.toString());

        assertThat(exit).isEqualTo(1);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches(".*a\\.jpg  class \\d+ [0-9.]+ %, class \\d+ [0-9.]+ %");
        assertThat(lines.get(1)).contains("b.png  class ");
        assertThat(err.toString().lines().toList()).singleElement().asString().contains("broken.jpg: TRUNCATED: ");
    }

    @Test
    void shouldExitWithZeroWhenAllIsAnswered() throws Exception {
        assertThat(classify(jpeg.toString())).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldExpandAFolderInTheOrderOfNames() throws Exception {
        Files.writeString(folder.resolve("notes.txt"), "no picture");
        classify(folder.toString());
        assertThat(out.toString().lines().map(line -> line.substring(line.lastIndexOf('/') + 1, line.indexOf("  "))))
                .containsExactly("a.jpg", "b.png");
        assertThat(err.toString()).contains("broken.jpg").doesNotContain("notes.txt");
    }

    @Test
    void shouldWriteALineOfJsonForEachFileAnsweredOrNot() throws Exception {
        classify("--json", "--top", "3", jpeg.toString(), broken.toString());
        List<String> lines = out.toString().lines().toList();
        JsonNode answer = new JsonMapper().readTree(lines.get(0));
        assertThat(answer.get("labels")).hasSize(3);
        assertThat(answer.get("labels").get(0).get("probability").doubleValue()).isBetween(0.0, 1.0);
        assertThat(answer.get("model_sha256").textValue()).hasSize(64);
        JsonNode error = new JsonMapper().readTree(lines.get(1));
        assertThat(error.get("code").textValue()).isEqualTo("TRUNCATED");
        assertThat(error.get("file").textValue()).endsWith("broken.jpg");
    }

    @Test
    void shouldNameAFileThatIsNotThere() throws Exception {
        assertThat(classify(folder.resolve("none.jpg").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("none.jpg: NOT_FOUND");
    }

    @Test
    void shouldCallItMisuseWhenThereIsNothingToDo() throws Exception {
        assertThat(classify()).isEqualTo(2);
        assertThat(classify("--top", "0", jpeg.toString())).isEqualTo(2);
        assertThat(classify(Files.createDirectory(folder.resolve("empty")).toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no picture in");
    }

    private int classify(String... args) throws Exception {
        Path model = Path.of(
                ClassifyCommandTest.class.getResource("/models/tiny-fp32.onnx").toURI());
        String[] all = new String[args.length + 2];
        all[0] = "--model";
        all[1] = model.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        return new CommandLine(new ClassifyCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }

    private Path write(String name, String format) throws IOException {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                image.setRGB(x, y, (x * 4) << 16 | (y * 5) << 8 | (x ^ y));
            }
        }
        Path file = folder.resolve(name);
        ImageIO.write(image, format, file.toFile());
        return file;
    }
}
