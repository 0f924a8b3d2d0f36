package io.patchstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.Pictures;
import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.model.TrainedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataVerbTest {
    private static final List<String> CLASSES = List.of("cat", "dog");

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private void pictures(Path data) throws IOException {
        for (String split : List.of("train", "test")) {
            for (int i = 0; i < 12; i++) {
                Pictures.write(
                        data.resolve(split).resolve(CLASSES.get(i / 6)).resolve(i + ".png"),
                        Pictures.blobs(i + (split.equals("test") ? 100 : 0), 16, 16));
            }
        }
    }

    private List<String> train(Path data, String name) throws IOException {
        Path model = folder.resolve("model-" + name);
        Path recipe = Files.writeString(
                folder.resolve("tiny.properties"),
                "name=tiny\nmodel=CCT-2/3x2\nchannels=8\nhidden-size=16\nmlp-size=32\nimage-size=16\nbatch-size=4\n"
                        + "steps=2\nwarm-up-epochs=0\nthreads=1\nevaluate-epochs=0\nprecision=FP32\n");
        int code = run(
                "train", "--recipe", recipe.toString(), "--set", "data=" + data, "--out", model.toString());
        assertThat(code).as(err.toString()).isZero();
        return Files.readAllLines(model.resolve("history.csv"));
    }

    @Test
    void shouldTrainTheSameFromFoldersManifestAndShards() throws Exception {
        Path data = folder.resolve("pictures");
        pictures(data);
        Path manifest = data.resolve("manifest.jsonl");
        List<String> fromFolders = train(data, "folders");
        Path shards = folder.resolve("shards");
        Files.createDirectories(shards);
        for (String split : List.of("train", "test")) {
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            for (String label : CLASSES) {
                try (var files = Files.list(data.resolve(split).resolve(label))) {
                    for (Path file : files.sorted().toList()) {
                        String key = file.getFileName().toString().replace(".png", "");
                        Pictures.member(tar, key + ".png", Files.readAllBytes(file));
                        Pictures.member(tar, key + ".cls", label.getBytes(UTF_8));
                    }
                }
            }
            Files.write(shards.resolve(split + "-0.tar"), Pictures.end(tar));
        }

        assertThat(train(shards, "shards")).isEqualTo(fromFolders);
        int code = run("data", "manifest", data.toString(), "--out", manifest.toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(train(manifest, "manifest")).isEqualTo(fromFolders);
        String hash =
                TrainedModel.read(folder.resolve("model-manifest")).lineage().dataManifestSha256();
        assertThat(out.toString()).contains("train: 12 examples {cat=6, dog=6}, manifest " + hash);
    }

    @Test
    void shouldListIdxFilesSoThatTheyTrainTheSame() throws Exception {
        Path data = TinyIdx.write(folder.resolve("idx"), 12, 6);
        List<String> before = train(data, "idx");

        int code = run("data", "manifest", data.toString(), "--out", data.resolve("manifest.jsonl").toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(Files.readAllLines(data.resolve("manifest.jsonl"))).hasSize(18);
        assertThat(train(data, "listed")).isEqualTo(before);
    }

    @Test
    void shouldRefuseWhatIsBrokenOrLeaveItOutAndSaySo() throws Exception {
        Path data = folder.resolve("pictures");
        pictures(data);
        Files.write(data.resolve("train/cat/0.png"), new byte[] {1, 2, 3});
        Files.copy(data.resolve("train/cat/1.png"), data.resolve("train/dog/copy.png"));
        Path manifest = folder.resolve("all.jsonl");

        int refused = run("data", "manifest", data.toString(), "--out", manifest.toString());

        assertThat(refused).isEqualTo(1);
        assertThat(err.toString()).contains("0.png cannot be decoded");
        assertThat(manifest).doesNotExist();
        int left = run("data", "manifest", data.toString(), "--out", manifest.toString(), "--leave-out-bad");
        assertThat(left).isZero();
        assertThat(err.toString()).contains("left out: ").contains("two labels: ");
        assertThat(out.toString()).contains("1 have the bytes of another, 1 of these another label; 1 left out");
        assertThat(Files.readAllLines(manifest)).hasSize(24).allMatch(line -> line.contains("\"uri\":\"pictures/t"));
        assertThat(run("data", "manifest", data.toString(), "--out", data.resolve("train/m.jsonl").toString()))
                .isEqualTo(1);
    }
}
