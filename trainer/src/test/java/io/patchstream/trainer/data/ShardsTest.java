package io.patchstream.trainer.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.vision.Png;
import io.patchstream.vision.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The golden shards are written by Python's tarfile: see {@code make_shards.py}. */
class ShardsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/shards");
    private static final byte[] PNG = Png.encode(Pictures.blobs(1, 4, 5));

    @TempDir
    Path folder;

    private final Problems problems = new Problems();
    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    private List<Example> read(byte[] shard) throws IOException {
        Path file = Files.write(folder.resolve("train-0.tar"), shard);
        return Shards.read(folder, List.of(file), problems);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "pax", "ustar"})
    void shouldReadWhatPythonWrites(String format) throws Exception {
        Path file = GOLDEN.resolve(format + ".tar");
        Map<String, byte[]> members = new TreeMap<>();
        TarFile archive = TarFile.open(file);
        for (TarFile.Entry entry : archive.entries()) {
            members.put(entry.name(), archive.read(entry));
        }
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(GOLDEN.resolve(format + ".tsv"))) {
            expected.put(line.split("\t")[0], line.split("\t")[1]);
        }
        Map<String, String> hashes = new TreeMap<>();
        members.forEach((name, bytes) -> hashes.put(name, Sha256.of(bytes)));

        assertThat(hashes).isEqualTo(expected).hasSizeGreaterThan(5);
        List<Example> examples = Shards.read(GOLDEN, List.of(file), problems);
        assertThat(problems.all()).isEmpty();
        assertThat(examples)
                .extracting(example -> example.row().label())
                .containsExactly("cat", "dog", "a caption", "cow");
        assertThat(examples.get(1).row().group()).isEqualTo("yard");
        for (Example example : examples) {
            assertThat(example.image().width()).isEqualTo(6);
        }
        assertThat(examples.get(3).row().uri()).startsWith(format + ".tar!/").endsWith(".webp");
    }

    @Test
    void shouldTakeTheSplitFromTheNameAndTheClassFromLabels() throws Exception {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
        Pictures.member(tar, "a/1.png", PNG);
        Pictures.member(tar, "a/1.cls", "1\n".getBytes(UTF_8));
        Pictures.member(tar, "b/1.png", PNG);
        Pictures.member(tar, "b/1.cls", "2".getBytes(UTF_8));
        Pictures.member(tar, "b/1.depth.bin", new byte[7]);

        List<Example> examples = read(Pictures.end(tar));

        assertThat(examples).singleElement().satisfies(example -> {
            assertThat(example.row().label()).isEqualTo("dog");
            assertThat(example.row().split()).isEqualTo("train");
            assertThat(example.row().uri()).isEqualTo("train-0.tar!/a/1.png");
        });
        assertThat(problems.all()).singleElement().asString().contains("b/1: its label is 2; labels.txt names 2");
    }

    @Test
    void shouldNameExamplesWithoutLabelOrPictureOrWithAUsedName() throws Exception {
        Pictures.member(tar, "1.png", PNG);
        Pictures.member(tar, "2.png", PNG);
        Pictures.member(tar, "2.jpg", PNG);
        Pictures.member(tar, "2.cls", "0".getBytes(UTF_8));
        Pictures.member(tar, "3.cls", "0".getBytes(UTF_8));
        Pictures.member(tar, "4.png", PNG);
        Pictures.member(tar, "4.cls", "0".getBytes(UTF_8));
        Pictures.member(tar, "5.png", PNG);
        Pictures.member(tar, "5.json", "{\"label\":".getBytes(UTF_8));
        Pictures.member(tar, "4.png", PNG);
        Pictures.member(tar, "4.txt", "0".getBytes(UTF_8));

        assertThat(read(Pictures.end(tar))).hasSize(1);
        assertThat(problems.all()).hasSize(5);
        assertThat(problems.all().get(0))
                .endsWith("example 1: it has no label: neither .cls, nor label in .json, nor .txt");
        assertThat(problems.all().get(1)).contains("example 2: it has 2 pictures among [2.png, 2.jpg, 2.cls]");
        assertThat(problems.all().get(2)).contains("example 3: it has 0 pictures");
        assertThat(problems.all().get(3)).contains("example 5: it is no JSON");
        assertThat(problems.all().get(4)).contains("example 4: its name is used before in this shard");
    }

    @Test
    void shouldRefuseArchivesThatAreCutShortDamagedOrLeadOut() throws Exception {
        Pictures.member(tar, "1.png", PNG);
        Pictures.member(tar, "1.cls", "0".getBytes(UTF_8));
        int members = tar.size();
        byte[] whole = Pictures.end(tar);

        assertThat(read(whole)).hasSize(1);
        byte[] damaged = whole.clone();
        damaged[3] ^= 1;
        assertThatThrownBy(() -> read(damaged)).hasMessageContaining("train-0.tar at byte 0 is no tar archive");
        for (int length : new int[] {0, 100, 600, members - 600, members - 1, members, members + 511}) {
            assertThatThrownBy(() -> read(java.util.Arrays.copyOf(whole, length)))
                    .as("%d bytes", length)
                    .hasMessageContaining("is cut short");
        }
        assertThatThrownBy(() -> read(new byte[1024])).hasMessageContaining("has no members");
        assertThatThrownBy(() -> read(java.util.Arrays.copyOf(new byte[] {0x1f, (byte) 0x8b, 8, 1, 1, 1}, 2000)))
                .hasMessageContaining("unpack it with gunzip");
        for (String name : List.of("../x.png", "/etc/x.png", "a/../../x.png")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Pictures.member(out, name, PNG);
            assertThatThrownBy(() -> read(Pictures.end(out))).hasMessageContaining("leads out of it: " + name);
        }
        ByteArrayOutputStream link = new ByteArrayOutputStream();
        Pictures.member(link, "x.png", '2', new byte[0]);
        assertThatThrownBy(() -> read(Pictures.end(link))).hasMessageContaining("a link or a device");
    }
}
