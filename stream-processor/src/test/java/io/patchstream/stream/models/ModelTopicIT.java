package io.patchstream.stream.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.patchstream.schemas.Classification;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.Main;
import io.patchstream.stream.engine.TinyFolder;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.infer.ModelHash;
import io.patchstream.stream.infer.Signers;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.Pictures;
import io.patchstream.stream.run.Engines;
import io.patchstream.stream.run.RealKafka;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.settings.Settings;
import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.GoldenFrames;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A processor that serves what a real, compacted topic says. */
@ExtendWith(RealKafka.class)
class ModelTopicIT {
    private static final int STEP = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path temp;

    private Path store;
    private String fp32;
    private String int8;
    private Map<String, String> values;
    private Pictures pictures;

    /** What a verb said. */
    private record Said(int exitCode, String text) {}

    @BeforeEach
    void prepare(RealKafka.Broker broker) throws Exception {
        store = Files.createDirectories(temp.resolve("store"));
        fp32 = ModelHash.of(new TinyFolder(store).put("v1", "fp32"));
        int8 = ModelHash.of(new TinyFolder(store).put("v2", "int8"));
        values = new HashMap<>(broker.settings("models"));
        values.put("model.topic", values.get("application.id") + ".models");
        values.put("model.topic.from", store.toString());
        values.put("model.cache", temp.resolve("cache").toString());
        values.put("commit.interval", "200ms");
        pictures = new Pictures(Settings.of(values), 2);
        Said made = verb("topics", "create");
        assertThat(made.text).contains(values.get("model.topic") + " made, 1 partitions, compact");
    }

    @AfterEach
    void close() {
        pictures.close();
    }

    private Said verb(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        values.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        CommandLine verbs = Main.commandLine();
        int exitCode =
                verbs.setOut(new PrintWriter(out)).setErr(new PrintWriter(out)).execute(line.toArray(String[]::new));
        return new Said(exitCode, out.toString());
    }

    private void publish(Path model) {
        Said said = verb("models", "publish", model.toString());
        assertThat(said.exitCode).as(said.text).isZero();
    }

    private void send(byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", values.get("kafka.bootstrap.servers")),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(values.get("model.topic"), "default".getBytes(UTF_8), value))
                    .get();
        }
    }

    private String lastRecord() {
        try (ModelTopic topic = ModelTopic.open(Settings.of(values))) {
            return new String(
                    topic.latest("default").orElseThrow().model().orElseThrow().toJson(), UTF_8);
        }
    }

    private static void awaitRefusals(FrameEngine engine, int count) {
        await().atMost(PATIENCE).until(() -> engine.statistics().modelsRefused() == count);
    }

    /** A transaction of frames, and waits until they are labelled; how many labels there are then. */
    private int flow(Settings settings) {
        int before = labels(settings).size();
        pictures.begin();
        for (int i = 0; i < STEP; i++) {
            pictures.send(i % 2, "camera-" + i % 2, 1, Pictures.jpeg(before + i));
        }
        pictures.commit();
        await().atMost(PATIENCE).until(() -> labels(settings).size() == before + STEP);
        return before + STEP;
    }

    /** The model of each label. */
    private static List<String> labels(Settings settings) {
        List<String> models = new ArrayList<>();
        try (AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
                Lookup lookup = Lookup.open(settings)) {
            labels.configure(settings.serde().config(), false);
            lookup.readAll(
                    settings.output().labels(),
                    record -> models.add(labels.deserialize(record.topic(), record.value())
                            .getLineage()
                            .getModelSha256()));
        }
        return models;
    }

    @Test
    void shouldServeWhatTheTopicSaysAndRefuseWhatIsBadWhileEveryFrameIsAnsweredOnce() throws Exception {
        publish(store.resolve("v1.onnx"));
        Settings settings = Settings.of(values);
        try (FrameEngine engine = Engines.openAndFollow(settings);
                StreamProcessor processor = StreamProcessor.start(settings, engine)) {
            processor.awaitRunning(PATIENCE);
            assertThat(engine.model().sha256()).isEqualTo(fp32);
            flow(settings);

            publish(store.resolve("v2.onnx"));
            await().atMost(PATIENCE).until(() -> engine.statistics().modelsTaken() == 1);
            assertThat(engine.model().sha256()).isEqualTo(int8);
            flow(settings);

            String good = lastRecord();
            List<byte[]> bad = new ArrayList<>();
            bad.add(null);
            bad.add("no json".getBytes(UTF_8));
            bad.add(good.replace(int8, "ab".repeat(32)).getBytes(UTF_8));
            bad.add(good.replace("v2.onnx", "v3.onnx").getBytes(UTF_8));
            bad.add(good.replaceAll("\"bytes\":[0-9]+", "\"bytes\":5000000000").getBytes(UTF_8));
            bad.add(good.replace("\"v2.onnx", "\"../v2.onnx").getBytes(UTF_8));
            for (int i = 0; i < bad.size(); i++) {
                send(bad.get(i));
                awaitRefusals(engine, i + 1);
            }
            // Where the operator allows nothing to be fetched from.
            publish(new TinyFolder(Files.createDirectories(temp.resolve("elsewhere"))).put("v9", "fp32"));
            awaitRefusals(engine, bad.size() + 1);
            assertThat(engine.model().sha256()).as("the model in force stays").isEqualTo(int8);
            flow(settings);

            publish(store.resolve("v1.onnx"));
            await().atMost(PATIENCE).until(() -> engine.statistics().modelsTaken() == 2);
            flow(settings);
        }
        List<String> models = labels(settings);
        assertThat(models).hasSize(4 * STEP);
        assertThat(models.stream().filter(fp32::equals)).hasSize(2 * STEP);
        assertThat(models.stream().filter(int8::equals)).hasSize(2 * STEP);
        Said ledger = verb("ledger", "check");
        assertThat(ledger.exitCode).as(ledger.text).isZero();
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Of the first there is nothing to close: it is refused.
    void shouldGoOnAfterARestartWithWhatWasServedLastWhenTheTopicsModelIsBad() throws Exception {
        Settings settings = Settings.of(values);
        assertThatThrownBy(() -> Engines.openAndFollow(settings).close())
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("there is no record of slot default")
                .hasMessageContaining("./patchstream models publish");
        publish(store.resolve("v1.onnx"));
        try (FrameEngine engine = Engines.openAndFollow(settings)) {
            assertThat(engine.model().sha256()).isEqualTo(fp32);
            Path v3 = new TinyFolder(store).put("v3", "int8");
            Files.writeString(GoldenFrames.beside(v3), "no golden frames");
            publish(v3);
            awaitRefusals(engine, 1);
            assertThat(engine.model().sha256()).isEqualTo(fp32);
        }
        try (FrameEngine engine = Engines.openAndFollow(settings)) {
            assertThat(engine.model().sha256()).as("golden frames disagree").isEqualTo(fp32);
            assertThat(engine.statistics().modelsRefused()).isEqualTo(1);
            publish(store.resolve("v2.onnx"));
            await().atMost(PATIENCE).until(() -> engine.statistics().modelsTaken() == 1);
            assertThat(engine.model().sha256()).isEqualTo(int8);
            // Until the engine is noted to serve it.
            await().atMost(PATIENCE).until(() -> cached("served").startsWith(int8));
        }
        send(null);
        try (FrameEngine engine = Engines.open(settings)) {
            assertThat(engine.model().sha256()).as("a tombstone at the start").isEqualTo(int8);
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // Of the first there is nothing to close: it is refused.
    void shouldServeOnlyWhatIsSignedWhereThatIsAskedFor() throws Exception {
        Signers signers = Signers.in(temp, "ours", "Ed25519");
        publish(store.resolve("v2.onnx"));
        final String unsigned = lastRecord();
        values.put("model.key", signers.publicKey().toString());
        Settings settings = Settings.of(values);
        assertThatThrownBy(() -> Engines.openAndFollow(settings).close())
                .isInstanceOf(ContractException.class)
                .hasMessageContaining("v2.onnx is not signed");
        Said refused = verb("models", "publish", store.resolve("v1.onnx").toString());
        assertThat(refused.exitCode).isEqualTo(1);
        assertThat(refused.text).contains("v1.onnx is not signed");

        StringWriter out = new StringWriter();
        assertThat(Main.commandLine()
                        .setOut(new PrintWriter(out))
                        .execute(
                                "models",
                                "sign",
                                "--key",
                                signers.privateKey().toString(),
                                store.resolve("v1.onnx").toString()))
                .isZero();
        assertThat(out.toString()).contains("v1.onnx.sig signs the model of SHA-256 " + fp32);
        publish(store.resolve("v1.onnx"));
        try (FrameEngine engine = Engines.openAndFollow(settings)) {
            assertThat(engine.model().sha256()).isEqualTo(fp32);
            send(unsigned.getBytes(UTF_8));
            awaitRefusals(engine, 1);
            assertThat(engine.model().sha256()).as("the model in force stays").isEqualTo(fp32);
        }
        assertThat(cached("current")).as("what is refused is not chosen").startsWith(fp32);
    }

    private String cached(String file) throws Exception {
        return Files.readString(temp.resolve("cache")
                .resolve(values.get("application.id"))
                .resolve("default")
                .resolve(file));
    }

    @Test
    void shouldListWhatIsPublishedAndTellOfItInTopicsAclsAndDoctor() throws Exception {
        assertThat(verb("models", "list").text).contains("no slot has a model");
        publish(store.resolve("v2.onnx"));
        Said listed = verb("models", "list");
        assertThat(listed.exitCode).isZero();
        assertThat(listed.text)
                .contains("default  v2  ")
                .contains("sha256 " + int8)
                .contains("at " + store.resolve("v2.onnx").toUri());
        assertThat(verb("topics", "check").text).contains(values.get("model.topic") + ": as planned, 1 partitions");
        assertThat(verb("acls").text).contains("--operation Read --topic " + values.get("model.topic"));
        assertThat(verb("acls", "--for", "MODELS").text)
                .contains("--operation Write --topic " + values.get("model.topic"))
                .doesNotContain(values.get("output.labels"));
        assertThat(verb("doctor").text).contains("sha256 " + int8.substring(0, 12));
        send(null);
        Said tombstone = verb("models", "list");
        assertThat(tombstone.exitCode).isEqualTo(1);
        assertThat(tombstone.text).contains("default  NO MODEL: it is a tombstone");
        Files.delete(GoldenFrames.beside(store.resolve("v2.onnx")));
        Said unproven = verb("models", "publish", store.resolve("v2.onnx").toString());
        assertThat(unproven.exitCode).isEqualTo(1);
        assertThat(unproven.text).contains("has no golden frames");
    }
}
