package io.patchstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.patchstream.trainer.data.Pictures;
import io.patchstream.trainer.data.TinyIdx;
import io.patchstream.trainer.divide.DivisionReport;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.vision.examples.ManifestRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    private List<String> train(Path data, String name, String... more) throws IOException {
        Path model = folder.resolve("model-" + name);
        Path recipe = Files.writeString(
                folder.resolve("tiny.properties"),
                "name=tiny\nmodel=CCT-2/3x2\nchannels=8\nhidden-size=16\nmlp-size=32\nimage-size=16\nbatch-size=4\n"
                        + "steps=2\nwarm-up-epochs=0\nthreads=1\nevaluate-epochs=0\nprecision=FP32\n");
        List<String> line = new ArrayList<>(
                List.of("train", "--recipe", recipe.toString(), "--set", "data=" + data, "--out", model.toString()));
        line.addAll(List.of(more));
        int code = run(line.toArray(String[]::new));
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

        int code = run(
                "data",
                "manifest",
                data.toString(),
                "--out",
                data.resolve("manifest.jsonl").toString());

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
        assertThat(run(
                        "data",
                        "manifest",
                        data.toString(),
                        "--out",
                        data.resolve("train/m.jsonl").toString()))
                .isEqualTo(1);
    }

    /** Twelve pictures of each class, half of them twice, and a run of frames of one camera. */
    private Path planted() throws IOException {
        Path data = folder.resolve("planted");
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Pictures.write(data.resolve("p/" + i + ".png"), Pictures.blobs(i, 32, 32));
            rows.add("p/" + i + ".png," + CLASSES.get(i % 2) + ",,,");
            if (i < 12) {
                Pictures.write(data.resolve("p/" + i + "-again.png"), Pictures.noisy(Pictures.blobs(i, 32, 32), 3, i));
                rows.add("p/" + i + "-again.png," + CLASSES.get(i % 2) + ",,,");
            }
        }
        for (int i = 0; i < 6; i++) {
            Pictures.write(data.resolve("p/frame-" + i + ".png"), Pictures.blobs(200 + i, 32, 32));
            rows.add("p/frame-" + i + ".png,cat,door,2026-11-23T12:00:0" + i + "Z,");
        }
        return Files.writeString(
                data.resolve("all.csv"), "path,label,camera,time,split\n" + String.join("\n", rows) + "\n");
    }

    private Map<String, String> splits(Path manifest) throws IOException {
        Map<String, String> splits = new TreeMap<>();
        for (String line : Files.readAllLines(manifest)) {
            ManifestRow row = ManifestRow.parse(line);
            splits.put(row.uri(), row.split());
        }
        return splits;
    }

    @Test
    void shouldDivideWithTwinsAndFramesTogetherAndReportIt() throws Exception {
        Path data = planted();
        Path manifest = data.resolveSibling("divided.jsonl");

        int code = run("data", "split", data.toString(), "--out", manifest.toString(), "--test", "0.3", "--val", "0.2");

        assertThat(code).as(err.toString()).isZero();
        Map<String, String> splits = splits(manifest);
        assertThat(splits).hasSize(42);
        for (int i = 0; i < 12; i++) {
            assertThat(splits.get("p/" + i + "-again.png")).isEqualTo(splits.get("p/" + i + ".png"));
        }
        for (int i = 1; i < 6; i++) {
            assertThat(splits.get("p/frame-" + i + ".png")).isEqualTo(splits.get("p/frame-0.png"));
        }
        assertThat(splits.values().stream().filter("test"::equals)).hasSize(13);
        assertThat(splits.values().stream().filter("val"::equals)).hasSize(8);
        assertThat(out.toString())
                .contains("42 examples in 25 groups, the largest of 6; linked by {NEIGHBOUR=5, TWIN=12}")
                .contains("divided safely: 0 of 13 test examples have a twin in training");
        DivisionReport report = DivisionReport.read(manifest.resolveSibling("divided.jsonl.split.json"));
        assertThat(report.naive().withTwin()).isPositive();

        // As it came: all originals to train on, all copies to test on.
        String text = Files.readString(data);
        Files.writeString(
                data,
                text.replaceAll("(?m)^(p/\\d+-again.*),$", "$1,test")
                        .replaceAll("(?m)^(p/\\d+\\.png.*),$", "$1,train"));
        assertThat(run("data", "split", data.toString())).isZero();
        assertThat(out.toString()).contains("as the data came: 12 of 12 test examples have a twin in training");

        train(manifest, "divided");
        assertThat(run("evaluate", "--from", folder.resolve("model-divided").toString(), "--spoilt-examples", "0"))
                .as(err.toString())
                .isZero();
        assertThat(run("report", "--from", folder.resolve("model-divided").toString()))
                .isZero();
        assertThat(Files.readString(folder.resolve("model-divided/report.html")))
                .contains("How the data were divided")
                .contains("divided safely: 0 of 13 test examples");
    }

    @Test
    void shouldHoldOutSafelyByDefaultAndNoteIt() throws Exception {
        Path data = planted();

        List<String> safe = train(data, "safe", "--set", "hold-out=0.3");
        train(data, "random", "--set", "hold-out=0.3", "--set", "split=random");

        assertThat(safe).hasSize(3);
        DivisionReport report = DivisionReport.read(folder.resolve("model-safe/split.json"));
        assertThat(report.safe().withTwin()).isZero();
        assertThat(report.safe().test()).isEqualTo(13);
        assertThat(folder.resolve("model-random/split.json")).doesNotExist();
        String lineage =
                TrainedModel.read(folder.resolve("model-safe")).lineage().recipe();
        assertThat(lineage).contains(" split=SAFE");
    }

    @Test
    void shouldLeaveOutOfTrainingWhatATestSetShows() throws Exception {
        Path data = planted();
        Path test = folder.resolve("test");
        Pictures.write(test.resolve("cat/a.png"), Pictures.noisy(Pictures.blobs(4, 32, 32), 4, 77));
        Pictures.write(test.resolve("cat/b.png"), Pictures.blobs(500, 32, 32));
        Pictures.write(test.resolve("dog/c.png"), Pictures.blobs(20, 32, 32));
        Path kept = data.resolveSibling("kept.jsonl");

        int code = run("data", "dedup", data.toString(), "--against", test.toString(), "--out", kept.toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("left out: p/4.png (cat), as cat/a.png of ")
                .contains("left out: p/4-again.png (cat), as cat/a.png of ")
                .contains("left out: p/20.png (cat), as dog/c.png of ")
                .contains(": 3 of 42 training examples look like one of it");
        assertThat(splits(kept)).hasSize(39).doesNotContainKeys("p/4.png", "p/4-again.png", "p/20.png");
    }

    @Test
    void shouldLinkByAModelsEmbeddingsToo() throws Exception {
        Path data = planted();
        train(data, "eyes", "--set", "hold-out=0.3");
        String model = folder.resolve("model-eyes").toString();

        int all = run("data", "split", data.toString(), "--model", model, "--cosine", "-0.999", "--test", "0.3");
        int few = run("data", "split", data.toString(), "--model", model, "--cosine", "0.99999", "--test", "0.3");

        assertThat(all).isEqualTo(1);
        assertThat(out.toString()).contains("42 examples in 1 groups").contains("EMBEDDING=24");
        assertThat(err.toString()).contains("a part is empty");
        assertThat(few).as(err.toString()).isZero();
        assertThat(run("data", "split", data.toString(), "--bits", "12")).isEqualTo(2);
    }
}
