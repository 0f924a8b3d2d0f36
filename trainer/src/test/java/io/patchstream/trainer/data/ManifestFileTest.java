package io.patchstream.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.RgbImage;
import io.patchstream.vision.model.Sha256;
import io.patchstream.vision.video.SegmentEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFileTest {
    @TempDir
    Path folder;

    private final Problems problems = new Problems();

    @BeforeEach
    void write() throws IOException {
        for (int i = 0; i < 3; i++) {
            Pictures.write(folder.resolve("data/p/" + i + ".png"), Pictures.blobs(i, 8, 9));
        }
        Files.writeString(folder.resolve("secret.png"), "not for training");
    }

    private List<Example> read(String name, String text) throws IOException {
        return ManifestFile.read(Files.writeString(folder.resolve("data").resolve(name), text), problems);
    }

    @Test
    void shouldReadTheSameFromJsonAndFromCsv() throws Exception {
        String hash = Sha256.of(Files.readAllBytes(folder.resolve("data/p/1.png")));
        List<Example> json = read(
                "m.jsonl",
                "{\"path\":\"p/0.png\",\"label\":\"cat, small\",\"split\":\"train\",\"group\":\"g\"}\n\n"
                        + "{\"uri\":\"./p/1.png\",\"label\":7,\"camera\":\"door\","
                        + "\"time\":\"2026-01-02T03:04:05+01:00\",\"sha256\":\"" + hash + "\"}\n");
        List<Example> csv = read(
                "m.csv",
                "\uFEFFpath,label,split,group,camera,time,sha256,width\r\np/0.png,\"cat, small\",train,g,,,,9\r\n\r\n"
                        + "./p/1.png,7,,,door,2026-01-02T02:04:05Z," + hash + ",9");

        assertThat(problems.all()).isEmpty();
        assertThat(json).hasSize(2);
        assertThat(csv)
                .extracting(Example::row)
                .isEqualTo(json.stream().map(Example::row).toList());
        assertThat(csv.get(1).where()).endsWith("m.csv line 4");
        assertThat(json.get(1).image().pixels())
                .isEqualTo(Pictures.blobs(1, 8, 9).pixels());
    }

    @Test
    void shouldReadQuotesAcrossLinesAndCountLinesRight() throws Exception {
        List<Example> csv =
                read("m.csv", "label,path\n\"a \"\"cat\"\"\nin two lines\",p/0.png\nx,p/1.png,more\ny,p/2.png\n");

        assertThat(csv).extracting(example -> example.row().label()).containsExactly("a \"cat\"\nin two lines", "y");
        assertThat(problems.all()).singleElement().asString().contains("m.csv line 4: it has 3 cells");
        assertThatThrownBy(() -> read("m.csv", "label,path\nx,\"p/0.png\n")).hasMessageContaining("line 2: a quote");
        assertThatThrownBy(() -> read("m.csv", "label,path\nx,\"p\"/0.png\n")).hasMessageContaining("line 2: after a");
        assertThatThrownBy(() -> read("m.csv", "label,file\n")).hasMessageContaining("[label, file]");
        assertThatThrownBy(() -> read("m.csv", "")).hasMessageContaining("it is empty");
    }

    @Test
    void shouldLeaveOutNothingInSilence() throws Exception {
        List<Example> good = read(
                "m.jsonl",
                String.join(
                        "\n",
                        "{\"path\":\"p/0.png\",\"label\":\"cat\"}",
                        "{\"path\":\"p/1.png\"}",
                        "{\"path\":\"p/0.png\",\"label\":\"dog\"}",
                        "{\"path\":\"p/9.png\",\"label\":\"cat\"}",
                        "{\"path\":\"p\",\"label\":\"cat\"}",
                        "{\"path\":\"p/1.png\",\"label\":\"cat\"",
                        "{\"path\":\"https://host/1.png\",\"label\":\"cat\"}",
                        "{\"path\":\"p/2.png\",\"label\":\"cat\"}"));

        assertThat(good).extracting(example -> example.row().uri()).containsExactly("p/0.png", "p/2.png");
        assertThat(problems.all()).hasSize(6);
        assertThat(problems.all().get(0)).endsWith("m.jsonl line 2: p/1.png has no label");
        assertThat(problems.all().get(1)).endsWith("m.jsonl line 3: p/0.png was listed on line 1");
        assertThat(problems.all().get(2)).endsWith("m.jsonl line 4: p/9.png is missing");
        assertThat(problems.all().get(3)).endsWith("m.jsonl line 5: p is no file");
        assertThat(problems.all().get(4)).contains("m.jsonl line 6: it is no JSON");
        assertThat(problems.all().get(5)).contains("m.jsonl line 7: https://host/1.png is not on this machine's disks");
        assertThatThrownBy(problems::refuseAny).hasMessageContaining("line 2").hasMessageContaining("line 7");
    }

    @Test
    void shouldRefuseWhatLeadsOutOfTheFolder() throws Exception {
        Files.createSymbolicLink(folder.resolve("data/link.png"), folder.resolve("secret.png"));
        Files.createSymbolicLink(folder.resolve("data/inner.png"), folder.resolve("data/p/1.png"));

        List<Example> good = read(
                "m.csv",
                "path,label\n../secret.png,x\n" + folder.resolve("secret.png")
                        + ",x\nlink.png,x\np/../../secret.png,x\n"
                        + "../nothing.png,x\n" + folder.resolve("secret.png").toUri() + ",x\ninner.png,x\n"
                        + folder.resolve("data/p/2.png").toUri() + ",x\n");

        assertThat(good).hasSize(2);
        assertThat(problems.all()).hasSize(6).allMatch(problem -> problem.contains("leads out of "));
    }

    @Test
    void shouldNameLineAndPictureWhenBytesAreOthersOrNone() throws Exception {
        Files.write(folder.resolve("data/p/2.png"), new byte[] {1, 2, 3});
        List<Example> examples = read(
                "m.jsonl",
                "{\"path\":\"p/0.png\",\"label\":\"cat\",\"sha256\":\"" + "0".repeat(64) + "\"}\n"
                        + "{\"path\":\"p/2.png\",\"label\":\"cat\"}\n{\"path\":\"p/1.png\",\"label\":\"cat\",\"picture\":1}");
        Files.delete(folder.resolve("data/p/1.png"));

        assertThatThrownBy(() -> examples.get(0).image())
                .hasMessageContaining("m.jsonl line 1: p/0.png has SHA-256 ")
                .hasMessageContaining("not " + "0".repeat(64));
        assertThatThrownBy(() -> examples.get(1).image())
                .hasMessageContaining("m.jsonl line 2: p/2.png cannot be decoded: ");
        assertThatThrownBy(() -> examples.get(2).image())
                .hasMessageContaining("m.jsonl line 3: p/1.png#1 cannot be read");
    }

    @Test
    void shouldFindFramesOfATopicByTheirHash() throws Exception {
        List<RgbImage> pictures = List.of(Pictures.blobs(1, 32, 48), Pictures.blobs(2, 32, 48));
        byte[] segment;
        try (SegmentEncoder encoder = new SegmentEncoder(48, 32, 25, 10)) {
            segment = encoder.encode(pictures);
        }
        String hash = Sha256.of(segment);
        Path frame = folder.resolve("data/frames").resolve(hash.substring(0, 2)).resolve(hash);
        Files.createDirectories(frame.getParent());
        Files.write(frame, segment);
        String row = "{\"uri\":\"kafka:frames/0/7\",\"label\":\"cat\",\"picture\":%d,\"sha256\":\"" + hash + "\"}\n";

        List<Example> examples = read(
                "m.jsonl",
                row.formatted(0) + row.formatted(1) + row.formatted(2)
                        + "{\"uri\":\"kafka:frames/0/8\",\"label\":\"cat\",\"sha256\":\"" + "0".repeat(64) + "\"}\n");

        assertThat(problems.all())
                .singleElement()
                .asString()
                .contains("kafka:frames/0/8 is not in frames: ./patchstream");
        for (int i = 0; i < 2; i++) {
            assertThat(meanDifference(examples.get(i).image(), pictures.get(i))).isLessThan(6);
        }
        assertThat(meanDifference(examples.get(0).image(), pictures.get(1))).isGreaterThan(12);
        assertThatThrownBy(() -> examples.get(2).image()).hasMessageContaining("has 2 pictures; there is no picture 2");
    }

    private static double meanDifference(RgbImage one, RgbImage other) {
        double sum = 0;
        for (int i = 0; i < one.pixels().length; i++) {
            sum += Math.abs((one.pixels()[i] & 0xff) - (other.pixels()[i] & 0xff));
        }
        return sum / one.pixels().length;
    }
}
