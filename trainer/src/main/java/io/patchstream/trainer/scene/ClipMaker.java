package io.patchstream.trainer.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.trainer.data.IdxDataset;
import io.patchstream.trainer.scene.CameraScript.Motion;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.video.ClipWriter;
import io.patchstream.vision.video.JpegEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Films the demo's clips: H.264 in MP4, or JPEG stills in a zip, and beside each {@code NAME.truth.jsonl}, one line a frame
 * with the label that is true of it (or null) and the item's place in the data set. The same data and seed give the same
 * files.
 */
public final class ClipMaker {
    /** How a clip is kept. */
    public enum Container {
        MP4,
        ZIP
    }

    /** The demo's cameras: two send video, two send stills. */
    public static final List<CameraScript> CAMERAS = List.of(
            new CameraScript("cam-1", 0, 320, 240, 10, 400, 0.82f, 0.94f, 1.3f, 2.5f, Motion.INDEXED),
            new CameraScript("cam-2", 32, 320, 240, 10, 400, 0.80f, 0.90f, 1.3f, 2f, Motion.INDEXED),
            new CameraScript("cam-3", 34, 320, 240, 10, 280, 0.84f, 0.94f, 1.35f, 2.5f, Motion.INDEXED),
            new CameraScript("cam-4", 17, 320, 240, 10, 280, 0.76f, 0.86f, 1.25f, 0.9f, Motion.STEADY));

    private static final int QUANTISER = 26;
    private static final int KEYFRAME_EVERY = 10;
    private static final int JPEG_QUALITY = 78;

    private final IdxDataset data;
    private final long seed;

    /**
     * A maker of clips that show items of {@code data}: the test split, never what a model was trained on.
     *
     * @param seed which items, and in which order
     */
    public ClipMaker(IdxDataset data, long seed) {
        this.data = data;
        this.seed = seed;
    }

    /** Films one camera into {@code folder}; what was there under its name is replaced. */
    public void film(CameraScript script, Container container, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Integer> items = choose(script);
        Conveyor conveyor = new Conveyor(script, items.stream().map(data::grey).toList());
        if (container == Container.MP4) {
            writeVideo(conveyor, script, folder.resolve(script.name() + ".mp4"));
        } else {
            writeStills(conveyor, script, folder.resolve(script.name() + ".zip"));
        }
        writeTruth(conveyor, script, items, folder.resolve(script.name() + ".truth.jsonl"));
    }

    /** As many of each class, in an order of its own; no item twice in one clip. */
    private List<Integer> choose(CameraScript script) {
        SplitMix random = new SplitMix(SplitMix.derive(seed, script.seed()));
        int classes = data.labels().size();
        List<Integer> order = shuffled(data.size(), random);
        List<List<Integer>> byClass = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            int wanted = c;
            byClass.add(order.stream().filter(i -> data.label(i) == wanted).toList());
        }
        List<Integer> chosen = new ArrayList<>();
        for (int round = 0; chosen.size() < script.items(); round++) {
            for (int c : shuffled(classes, random)) {
                chosen.add(byClass.get(c).get(round));
            }
        }
        return chosen;
    }

    private static List<Integer> shuffled(int count, SplitMix random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) (random.uniform() * (i + 1));
            order.add(i);
            order.set(i, order.get(at));
            order.set(at, i);
        }
        return order;
    }

    private static void writeVideo(Conveyor conveyor, CameraScript script, Path file) throws IOException {
        try (ClipWriter writer = new ClipWriter(
                file, script.width(), script.height(), script.framesPerSecond(), QUANTISER, KEYFRAME_EVERY)) {
            for (int t = 0; t < script.frames(); t++) {
                writer.write(conveyor.frame(t));
            }
        }
    }

    private static void writeStills(Conveyor conveyor, CameraScript script, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out);
                JpegEncoder encoder = new JpegEncoder(JPEG_QUALITY)) {
            for (int t = 0; t < script.frames(); t++) {
                RgbImage picture = conveyor.frame(t);
                byte[] jpeg = encoder.encode(picture);
                ZipEntry entry = new ZipEntry(String.format("%05d.jpg", t));
                CRC32 crc = new CRC32();
                crc.update(jpeg);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(jpeg.length);
                entry.setCrc(crc.getValue());
                // Any fixed time: a zip has one, and the same pictures must make the same file.
                entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                zip.putNextEntry(entry);
                zip.write(jpeg);
                zip.closeEntry();
            }
        }
    }

    private void writeTruth(Conveyor conveyor, CameraScript script, List<Integer> items, Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (Writer out = Files.newBufferedWriter(file)) {
            for (int t = 0; t < script.frames(); t++) {
                ObjectNode line = json.createObjectNode().put("frame", t);
                OptionalInt truth = conveyor.truth(t);
                if (truth.isPresent()) {
                    int item = items.get(truth.getAsInt());
                    line.put("label", data.labels().get(data.label(item))).put("item", item);
                } else {
                    line.putNull("label").putNull("item");
                }
                out.write(line + "\n");
            }
        }
    }
}
