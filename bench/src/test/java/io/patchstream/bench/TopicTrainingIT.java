package io.patchstream.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.local.LocalKafka;
import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Encoding;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.LabelScore;
import io.patchstream.schemas.Origin;
import io.patchstream.schemas.serde.AvroSerializer;
import io.patchstream.stream.Main;
import io.patchstream.trainer.distributed.Alone;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.recipe.Recipe;
import io.patchstream.trainer.recipe.RecipeReader;
import io.patchstream.trainer.torch.LibTorch;
import io.patchstream.trainer.train.Trainer;
import io.patchstream.trainer.train.TrainingData;
import io.patchstream.vision.Png;
import io.patchstream.vision.RgbImage;
import io.patchstream.vision.examples.ManifestRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From frames, labels and corrections on a real broker to a model, and to the same model again. */
class TopicTrainingIT {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final int FRAMES = 24;

    @TempDir
    Path folder;

    private Map<String, String> settings;
    private Path manifest;

    private record Result(int exitCode, String out, String err) {}

    private Result data(String... arguments) {
        List<String> line = new ArrayList<>(List.of("data"));
        line.addAll(List.of(arguments));
        settings.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(line.toArray(String[]::new));
        return new Result(exitCode, out.toString(), err.toString());
    }

    private static RgbImage picture(int number) {
        Random random = new Random(number);
        byte[] pixels = new byte[20 * 20 * 3];
        for (int i = 0; i < pixels.length; i++) {
            boolean light = number % 2 == 0 ? i < pixels.length / 2 : i / 3 % 20 < 10;
            pixels[i] = (byte) ((light ? 150 : 20) + random.nextInt(80));
        }
        return new RgbImage(20, 20, pixels);
    }

    /** Frame i of camera i % 2 lies in partition i % 2 at offset i / 2; behind the frames of partition 1 is rubbish. */
    private void produce() throws Exception {
        Map<String, Object> clients = Map.of("bootstrap.servers", settings.get("kafka.bootstrap.servers"));
        try (Admin admin = Admin.create(clients)) {
            admin.createTopics(List.of(
                            new NewTopic("patchstream.frames", 2, (short) 1),
                            new NewTopic("patchstream.labels", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer());
                AvroSerializer<Frame> frames = new AvroSerializer<>();
                AvroSerializer<Classification> labels = new AvroSerializer<>()) {
            Map<String, String> serde = Map.of("schema.registry.url", settings.get("schema.registry.url"));
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            frames.configure(serde, false);
            labels.configure(serde, false);
            for (int i = 0; i < FRAMES; i++) {
                byte[] key = ("camera-" + i % 2).getBytes(UTF_8);
                Instant time = NOON.plusSeconds(60L * i);
                Frame frame = new Frame(
                        "frame-" + i,
                        "camera-" + i % 2,
                        (long) i,
                        time,
                        Encoding.PNG,
                        1,
                        ByteBuffer.wrap(Png.encode(picture(i))),
                        Map.of());
                sent.add(producer.send(new ProducerRecord<>(
                        "patchstream.frames", i % 2, key, frames.serialize("patchstream.frames", frame))));
                if (i < 22) {
                    sent.add(producer.send(new ProducerRecord<>(
                            "patchstream.labels", key, labels.serialize("patchstream.labels", label(frame, i, time)))));
                }
            }
            sent.add(producer.send(new ProducerRecord<>("patchstream.frames", 1, null, "no frame".getBytes(UTF_8))));
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** The model is unsure of frame 20 and wrong about frame 4. */
    private static Classification label(Frame frame, int i, Instant time) {
        String said = i % 2 == 0 && i != 4 ? "upper" : "left";
        return new Classification(
                frame.getFrameId(),
                frame.getCameraId(),
                0,
                (long) i,
                time,
                List.of(new LabelScore(said, 0, i == 20 ? 0.3f : 0.9f)),
                new AnswerLineage(
                        "tiny", "5ba", "", "", "patchstream.frames", i % 2, (long) i / 2, Origin.INFERRED, null),
                Map.of(),
                null,
                null,
                null);
    }

    private List<String> train(String name) throws Exception {
        Map<String, String> values = new TreeMap<>(Map.of(
                "name",
                "tiny",
                "data",
                manifest.toString(),
                "model",
                "CCT-2/3x2",
                "channels",
                "8",
                "hidden-size",
                "16",
                "mlp-size",
                "32",
                "image-size",
                "16",
                "batch-size",
                "4",
                "steps",
                "2"));
        values.putAll(Map.of(
                "hold-out",
                "0.2",
                "split",
                "RANDOM",
                "threads",
                "1",
                "precision",
                "FP32",
                "warm-up-epochs",
                "0",
                "evaluate-epochs",
                "0"));
        Recipe recipe = RecipeReader.of(values);
        LibTorch.setUp(1);
        new Trainer(recipe, TrainingData.of(recipe), folder.resolve(name), new Alone()).train();
        return Files.readAllLines(folder.resolve(name).resolve("history.csv"));
    }

    private String manifestOf(String name) throws IOException {
        return TrainedModel.read(folder.resolve(name)).lineage().dataManifestSha256();
    }

    private Map<String, ManifestRow> rows() throws IOException {
        Map<String, ManifestRow> rows = new TreeMap<>();
        for (String line : Files.readAllLines(manifest)) {
            ManifestRow row = ManifestRow.parse(line);
            rows.put(row.uri(), row);
        }
        return rows;
    }

    private void loseFrames() throws IOException {
        try (Stream<Path> files = Files.walk(manifest.resolveSibling("frames"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldMakeTheSameModelFromTheLogAgain() throws Exception {
        try (LocalKafka kafka = LocalKafka.start(LocalKafka.Options.defaults())) {
            settings = Map.of(
                    "application.id", "topic-training",
                    "kafka.bootstrap.servers", kafka.bootstrapServers(),
                    "schema.registry.url", kafka.registryUrl());
            manifest = folder.resolve("data/manifest.jsonl");
            produce();
            for (String[] said : List.of(
                    new String[] {"frame-4", "--label", "upper", "--by", "ann"},
                    new String[] {"patchstream.frames:1:11", "--label", "both"},
                    new String[] {"frame-6", "--exclude"},
                    new String[] {"frame-8", "--label", "wrong"},
                    new String[] {"frame-8", "--take-back"},
                    new String[] {"frame-99", "--label", "nobody"})) {
                List<String> line = new ArrayList<>(List.of("correct"));
                line.addAll(List.of(said));
                Result correct = data(line.toArray(String[]::new));
                assertThat(correct.exitCode()).as(correct.err()).isZero();
            }

            Result made = data("from-topic", "--out", manifest.toString(), "--min-probability", "0.5");

            assertThat(made.exitCode()).as(made.err()).isZero();
            assertThat(made.out())
                    .contains("patchstream.frames-0: offsets 0 to before 12")
                    .contains("21 pictures listed: 2 as corrected, 0 by attribute, 19 as labelled")
                    .contains("left out: 1 that nothing is said of, 1 below --min-probability, 1 that a correction"
                            + " excludes, 1 records that are no frames")
                    .contains("1 corrections are of no frame in the range; 0 records are neither");
            Map<String, ManifestRow> rows = rows();
            assertThat(rows).hasSize(21).doesNotContainKeys("kafka:patchstream.frames/0/3");
            assertThat(rows.get("kafka:patchstream.frames/0/2").label()).isEqualTo("upper");
            assertThat(rows.get("kafka:patchstream.frames/0/4").label()).isEqualTo("upper");
            assertThat(rows.get("kafka:patchstream.frames/1/11").label()).isEqualTo("both");
            assertThat(rows.get("kafka:patchstream.frames/1/3").camera()).isEqualTo("camera-1");
            assertThat(rows.get("kafka:patchstream.frames/1/3").time()).contains(NOON.plusSeconds(420));
            String text = Files.readString(manifest);
            assertThat(data("from-topic", "--out", manifest.toString(), "--min-probability", "0.5")
                            .exitCode())
                    .isZero();
            assertThat(Files.readString(manifest)).isEqualTo(text);

            List<String> losses = train("first");
            assertThat(losses).hasSize(3);
            assertThat(train("second")).isEqualTo(losses);
            assertThat(manifestOf("first")).hasSize(64).isEqualTo(manifestOf("second"));

            loseFrames();
            assertThatThrownBy(() -> train("without"))
                    .hasMessageContaining("manifest.jsonl line 1: kafka:patchstream.frames/0/0 is not in frames")
                    .hasMessageContaining("data fetch")
                    .hasMessageContaining("and 11 more");
            Result fetched = data("fetch", manifest.toString());
            assertThat(fetched.exitCode()).as(fetched.err()).isZero();
            assertThat(fetched.out()).contains("21 frames listed, 21 fetched, 0 were there, 0 cannot be had");
            assertThat(train("fetched")).isEqualTo(losses);
            assertThat(manifestOf("fetched")).isEqualTo(manifestOf("first"));
            assertThat(data("fetch", manifest.toString()).out()).contains("0 fetched, 21 were there");

            shouldRefuseWhatRetentionTook();
        }
    }

    private void shouldRefuseWhatRetentionTook() throws Exception {
        loseFrames();
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replace(rows().get("kafka:patchstream.frames/1/9").sha256(), "0".repeat(64)));
        Map<String, Object> clients = Map.of("bootstrap.servers", settings.get("kafka.bootstrap.servers"));
        try (Admin admin = Admin.create(clients)) {
            admin.deleteRecords(Map.of(
                            new TopicPartition("patchstream.frames", 0), RecordsToDelete.beforeOffset(5),
                            new TopicPartition("patchstream.frames", 1), RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }

        Result gone = data("fetch", manifest.toString());

        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.out()).contains("21 frames listed, 15 fetched, 0 were there, 6 cannot be had");
        assertThat(gone.err())
                .contains("patchstream.frames-0: offsets 0-2, 4 are gone; the log has 5 to before 12")
                .contains("patchstream.frames-1: offsets 0 are gone; the log has 1 to before 13")
                .contains("patchstream.frames-1: offset 9 has SHA-256 ");
        assertThatThrownBy(() -> train("gone")).hasMessageContaining("kafka:patchstream.frames/0/0 is not in frames");
        Result rest = data("from-topic", "--out", folder.resolve("rest.jsonl").toString(), "--labels", "");
        assertThat(rest.exitCode()).as(rest.err()).isZero();
        assertThat(rest.out())
                .contains("offsets 5 to before 12; what is before 5 is gone")
                .contains("1 pictures listed: 1 as corrected");
    }
}
