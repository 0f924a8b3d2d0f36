package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Uncertain;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.operate.Verb;
import io.patchstream.stream.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Uncertain pictures on a real broker: exactly so many under kills, the same in a replay, and from there to training. */
@ExtendWith(RealKafka.class)
class UncertainIT {
    private static final int FRAMES = 600;
    private static final int CAMERAS = 8;
    private static final int PER_CAMERA = 15;
    private static final Path LOGS = Path.of("target", "uncertain");

    @TempDir
    private Path folder;

    private Map<String, String> values;

    private String verb(String... arguments) {
        Verb said = Verb.run(values, arguments);
        assertThat(said.exitCode()).as(said.text()).isZero();
        return said.text();
    }

    /** Source positions by camera, in the order of the topic; of labels as far as each camera's window has room. */
    private static Map<String, List<String>> read(Settings settings, String topic, boolean isLabels) {
        Map<String, List<String>> sources = new TreeMap<>();
        try (Lookup lookup = Lookup.open(settings);
                AvroDeserializer<Classification> labels = new AvroDeserializer<>(Classification.class);
                AvroDeserializer<Uncertain> uncertain = new AvroDeserializer<>(Uncertain.class)) {
            labels.configure(settings.serde().config(), false);
            uncertain.configure(settings.serde().config(), false);
            Map<String, Integer> room = new HashMap<>();
            lookup.readAll(topic, record -> {
                Classification answer = isLabels
                        ? labels.deserialize(topic, record.value())
                        : uncertain.deserialize(topic, record.value()).getAnswer();
                long window =
                        Math.floorDiv(record.timestamp(), Duration.ofHours(24).toMillis());
                if (!isLabels || room.merge(answer.getCameraId() + window, 1, Integer::sum) <= PER_CAMERA) {
                    sources.computeIfAbsent(answer.getCameraId(), camera -> new ArrayList<>())
                            .add(answer.getLineage().getSourceTopic() + ":"
                                    + answer.getLineage().getSourcePartition() + ":"
                                    + answer.getLineage().getSourceOffset());
                }
            });
        }
        return sources;
    }

    /** Each uncertain picture's bits and reasons, and what another model makes of them. */
    private void shouldExplain(Settings settings, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Lookup lookup = Lookup.open(settings)) {
            lookup.readAll(topic, records::add);
        }
        ConsumerRecord<byte[], byte[]> one = records.get(records.size() / 2);
        String[] place = {"explain", topic, Integer.toString(one.partition()), Long.toString(one.offset())};
        assertThat(verb(place))
                .startsWith("uncertain picture " + topic)
                .contains("the same bits")
                .contains("uncertain for the same reasons: PROBABILITY 0.")
                .contains("the copy of the payload: the same");
        Map<String, String> other = new HashMap<>(values);
        other.put("model", values.get("model").replace("fp32", "int8"));
        Verb differs = Verb.run(other, place);
        assertThat(differs.text()).contains("OTHER BITS").contains("uncertain for OTHER reasons: was PROBABILITY");
        assertThat(differs.exitCode()).isEqualTo(1);
    }

    @Test
    void shouldSendTheSameUnderKillsAndInAReplayAndBeCorrected(RealKafka.Broker broker) throws Exception {
        values = new HashMap<>(broker.settings("uncertain"));
        String model = Path.of("src/test/resources/models/tiny-fp32.onnx")
                .toAbsolutePath()
                .toString();
        values.put("model", model);
        values.put("uncertain.probability", "1");
        values.put("uncertain.per.camera", Integer.toString(PER_CAMERA));
        values.put("uncertain.window", "24h");
        values.put("uncertain.payload", "copy");
        values.put("output.uncertain", values.get("application.id") + ".uncertain");
        values.put("state.dir", folder.resolve("state").toString());
        Settings settings = Settings.of(values);
        String topic = settings.uncertain().topic();
        // So few that no camera has sent all that it may when the first two lives end.
        int all = CAMERAS * PER_CAMERA;
        new Lives(values, LOGS).live(CAMERAS, new Cameras()::payload, CAMERAS, all / 3, all * 2 / 3, FRAMES);
        Map<String, List<String>> expected = read(settings, settings.output().labels(), true);
        Map<String, List<String>> sent = read(settings, topic, false);
        assertThat(expected).hasSize(CAMERAS);
        assertThat(sent).isEqualTo(expected);

        shouldExplain(settings, topic);
        assertThat(verb("ledger", "check"))
                .contains("beside them: uncertain " + all + "; each once, and of a picture with a label");

        String into = values.get("application.id") + "-again.";
        verb("replay", "--id", "again", "--into", into, "--model", model);
        Map<String, String> again = new HashMap<>(values);
        assertThat(read(Settings.of(again), into + "uncertain", false)).isEqualTo(expected);

        String corrections = values.get("application.id") + ".corrections";
        String frame = sent.get("camera-3").get(0);
        assertThat(verb("data", "uncertain", "--corrections", corrections))
                .contains(frame + "  camera-3")
                .contains("probability ");
        verb("data", "correct", frame, "--label", "forklift", "--corrections", corrections);
        assertThat(verb("data", "uncertain", "--corrections", corrections))
                .doesNotContain(frame + "  ")
                .contains(", 1 corrected already");
        Path manifest = folder.resolve("manifest.jsonl");
        verb("data", "from-topic", "--labels", "", "--corrections", corrections, "--out", manifest.toString());
        List<String> rows = Files.readAllLines(manifest);
        assertThat(rows).hasSize(1);
        assertThat(new ObjectMapper().readTree(rows.get(0)).get("label").asText())
                .isEqualTo("forklift");
        assertThat(rows.get(0)).contains("kafka:" + frame.replace(':', '/'));
    }
}
