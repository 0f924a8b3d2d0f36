package io.patchstream.stream.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.EmbeddingLineage;
import io.patchstream.schemas.EmbeddingPayload;
import io.patchstream.schemas.PointIds;
import io.patchstream.stream.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine;

/** The points that vector stores are filled with, and what {@code search} finds among them. */
final class StorePoints {
    static final int COUNT = 2000;
    static final int DIM = 128;

    /** Neighbours that are asked for. */
    static final int K = 10;

    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private StorePoints() {}

    /** Frame {@code number} of {@code frames-0}. */
    static Embedding point(int number, float[] vector, String label) {
        List<Float> values = new ArrayList<>();
        for (float value : UnitVector.of(vector).toArray()) {
            values.add(value);
        }
        String camera = "camera-" + number % 4;
        return new Embedding(
                "patchstream",
                PointIds.of(camera, "frame-" + number, 0, "5ba").toString(),
                values,
                DIM,
                "tiny",
                new EmbeddingPayload(camera, "frame-" + number, 0, NOON.plusMillis(number), label, 0.9f),
                new EmbeddingLineage("5ba", "", "", "frames", 0, (long) number));
    }

    /** Near those whose number has the same remainder by twenty. */
    static float[] vector(Random random, int number) {
        float[] vector = new float[DIM];
        for (int d = 0; d < DIM; d++) {
            vector[d] = (float) random.nextGaussian() + (d % 20 == number % 20 ? 2 : 0);
        }
        return vector;
    }

    /** Of two partitions, compacted. */
    static void createTopic(String servers, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
    }

    /** What {@code search --frame} prints, with these settings. */
    static List<JsonNode> search(Map<String, String> values, int frame) throws IOException {
        List<String> line = new ArrayList<>(List.of("search", "--json", "-k", "" + K, "--frame", "frames:0:" + frame));
        values.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        StringWriter out = new StringWriter();
        CommandLine verb = Main.commandLine().setOut(new PrintWriter(out, true));
        assertThat(verb.execute(line.toArray(String[]::new))).isZero();
        List<JsonNode> found = new ArrayList<>();
        for (String text : out.toString().lines().toList()) {
            found.add(JSON.readTree(text));
        }
        return found;
    }
}
