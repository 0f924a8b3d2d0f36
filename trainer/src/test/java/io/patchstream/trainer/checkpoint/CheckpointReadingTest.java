package io.patchstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointReadingTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");

    @TempDir
    Path folder;

    @Test
    void shouldRefuseAPickleThatWouldRunSomething() {
        assertThatThrownBy(() -> Checkpoint.read(CHECKPOINTS.resolve("refused/caller.pth")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("it would run posix.getcwd")
                .hasMessageContaining("safetensors");
        assertThatThrownBy(() -> Checkpoint.read(CHECKPOINTS.resolve("refused/namespace.pth")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("it would run argparse.Namespace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"timm-vit/model.safetensors", "deit-pth/deit.pth", "google-npz/vit.npz"})
    void shouldSayWhenAFileIsCutShort(String source) throws IOException {
        byte[] whole = Files.readAllBytes(CHECKPOINTS.resolve(source));
        Path cut = folder.resolve(Path.of(source).getFileName());
        for (int length : List.of(0, 5, whole.length / 2, whole.length - 1)) {
            Files.write(cut, Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> Checkpoint.read(cut))
                    .isInstanceOfAny(CheckpointException.class, IOException.class)
                    .hasMessageContaining(cut.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timm-vit/model.safetensors", "deit-pth/deit.pth", "google-npz/vit.npz"})
    void shouldReadDamagedFilesOrSayWhatIsWrong(String source) throws IOException {
        byte[] whole = Files.readAllBytes(CHECKPOINTS.resolve(source));
        Path damaged = folder.resolve(Path.of(source).getFileName());
        SplittableRandom random = new SplittableRandom(17);
        for (int trial = 0; trial < 500; trial++) {
            byte[] bytes = whole.clone();
            for (int flips = 0; flips < 3; flips++) {
                bytes[random.nextInt(trial % 2 == 0 ? bytes.length : 2000)] = (byte) random.nextInt(256);
            }
            Files.write(damaged, bytes);
            try {
                assertThat(Checkpoint.read(damaged).tensors()).isNotEmpty();
            } catch (CheckpointException | IOException e) {
                assertThat(e).hasMessageContaining(damaged.toString());
            }
        }
    }

    @Test
    void shouldNotTakeMemoryForSizesThatTheFileHasNot() throws IOException {
        Path file = folder.resolve("liar.safetensors");
        byte[] header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[400000000],\"data_offsets\":[0,1600000000]}}"
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(header.length).put(header).array());

        assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("is cut short");
    }

    @Test
    void shouldNameAShardThatIsMissing() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("hf"));
        String index = "model.safetensors.index.json";
        Files.copy(CHECKPOINTS.resolve("hf-vit").resolve(index), copy.resolve(index));

        assertThatThrownBy(() -> Checkpoint.read(copy)).hasMessageContaining("names the shard model-00001-of");
        assertThatThrownBy(() -> Checkpoint.read(folder)).hasMessageContaining("holds no checkpoint");
    }

    @Test
    void shouldRefusePickledObjectsInNumpyArchives() throws IOException {
        Path file = folder.resolve("objects.npz");
        byte[] header =
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n".getBytes(StandardCharsets.US_ASCII);
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new java.util.zip.ZipEntry("a.npy"));
            zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length, 0});
            zip.write(header);
        }

        assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageContaining("array a is of NumPy type |O");
    }

    @Test
    void shouldReadStridedViews() {
        // A transposed [2, 3] of the storage 0..5, and its last column.
        float[] storage = {0, 1, 2, 3, 4, 5};

        assertThat(Layout.gather(storage, 0, new long[] {3, 2}, new long[] {1, 3})
                        .values())
                .containsExactly(0, 3, 1, 4, 2, 5);
        assertThat(Layout.gather(storage, 2, new long[] {2}, new long[] {3}).values())
                .containsExactly(2, 5);
    }
}
