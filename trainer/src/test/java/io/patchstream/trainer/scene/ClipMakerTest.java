package io.patchstream.trainer.scene;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.scene.CameraScript.Motion;
import io.patchstream.trainer.scene.ClipMaker.Container;
import io.patchstream.vision.video.VideoAddress;
import io.patchstream.vision.video.VideoLimits;
import io.patchstream.vision.video.VideoSource;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClipMakerTest {
    private static final Path SHIPPED = Path.of("..", "demo", "clips");
    private static final CameraScript SCRIPT =
            new CameraScript("test", 7, 64, 48, 10, 40, 0.62f, 0.8f, 1.25f, 1.25f, Motion.INDEXED);

    @TempDir
    Path folder;

    @Test
    void shouldTellTheTruthOfEachFrame() throws IOException {
        IdxDataset data = data();
        ClipMaker maker = new ClipMaker(data, 3);
        maker.film(SCRIPT, Container.MP4, folder);

        List<JsonNode> truth = truth(folder.resolve("test.truth.jsonl"));

        assertThat(truth).hasSize(40);
        assertThat(pictures(folder.resolve("test.mp4"))).isEqualTo(40);
        assertThat(truth)
                .anySatisfy(line -> assertThat(line.get("label").isNull()).isTrue());
        for (JsonNode line : truth) {
            if (!line.get("label").isNull()) {
                int item = line.get("item").asInt();
                assertThat(line.get("label").asText()).isEqualTo(data.labels().get(data.label(item)));
            }
        }
    }

    @Test
    void shouldFilmTheSameClipEachTime() throws IOException {
        for (Container container : Container.values()) {
            String name = container == Container.MP4 ? "test.mp4" : "test.zip";
            new ClipMaker(data(), 3).film(SCRIPT, container, folder.resolve("a"));
            new ClipMaker(data(), 3).film(SCRIPT, container, folder.resolve("b"));

            assertThat(folder.resolve("a").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("b").resolve(name));
        }
    }

    @Test
    void shouldHaveShippedATruthForEachFrame() throws IOException {
        for (CameraScript camera : ClipMaker.CAMERAS) {
            List<JsonNode> truth = truth(SHIPPED.resolve(camera.name() + ".truth.jsonl"));
            Path video = SHIPPED.resolve(camera.name() + ".mp4");
            int pictures = Files.exists(video) ? pictures(video) : stills(SHIPPED.resolve(camera.name() + ".zip"));

            assertThat(pictures).isEqualTo(camera.frames()).isEqualTo(truth.size());
            assertThat(truth.stream().filter(line -> !line.get("label").isNull()))
                    .hasSizeGreaterThan(camera.frames() / 8);
        }
    }

    private static List<JsonNode> truth(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static int pictures(Path clip) throws IOException {
        try (VideoSource source = VideoSource.open(VideoAddress.of(clip), VideoLimits.standard())) {
            int count = 0;
            while (source.read().isPresent()) {
                count++;
            }
            return count;
        }
    }

    private static int stills(Path clip) throws IOException {
        try (ZipFile zip = new ZipFile(clip.toFile())) {
            return zip.size();
        }
    }

    /** Three items of each of ten classes. */
    private IdxDataset data() throws IOException {
        Path idx = Files.createDirectories(folder.resolve("data"));
        Files.write(idx.resolve("t10k-images-idx3-ubyte"), idx(new byte[30 * 28 * 28], 30, 28, 28));
        byte[] labels = new byte[30];
        for (int i = 0; i < 30; i++) {
            labels[i] = (byte) (i % 10);
        }
        Files.write(idx.resolve("t10k-labels-idx1-ubyte"), idx(labels, 30));
        return IdxDataset.read(idx, IdxDataset.Split.TEST);
    }

    private static byte[] idx(byte[] elements, int... shape) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0);
        out.writeByte(8);
        out.writeByte(shape.length);
        for (int dim : shape) {
            out.writeInt(dim);
        }
        out.write(elements);
        return bytes.toByteArray();
    }
}
