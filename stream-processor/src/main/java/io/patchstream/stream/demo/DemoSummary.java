package io.patchstream.stream.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a demo came to.
 *
 * @param totals the books
 * @param seconds from the first frame to the last answer
 * @param p50Millis capture to read, of half of the pictures
 * @param p99Millis of 99 in 100
 * @param score how right the labels were
 * @param provider what the model ran on
 * @param modelSha256 which model
 * @param batchMean pictures in a batch
 * @param rawEngineFps what the engine does without Kafka, pictures per second
 */
record DemoSummary(
        FrameBooks.Totals totals,
        double seconds,
        long p50Millis,
        long p99Millis,
        TruthBook.Score score,
        String provider,
        String modelSha256,
        double batchMean,
        double rawEngineFps) {

    /** Pictures answered with a label, per second. */
    double fps() {
        return seconds <= 0 ? 0 : (totals.labelled() + totals.reused()) / seconds;
    }

    /** What part of the engine the cameras used; they are paced, so it says what is left rather than what is lost. */
    double efficiency() {
        return rawEngineFps <= 0 ? 0 : fps() / rawEngineFps;
    }

    /** Pictures without an answer, and answers without a picture. */
    long unaccounted() {
        return totals.unaccounted() + totals.strangers();
    }

    /** Writes it as JSON. */
    void write(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        mapper.writeValue(file.toFile(), json(mapper));
    }

    /** The keys that users, tests and benchmarks rely on. */
    ObjectNode json(ObjectMapper mapper) {
        ObjectNode json = mapper.createObjectNode()
                .put("frames_in", totals.framesIn())
                .put("labelled", totals.labelled())
                .put("reused", totals.reused())
                .put("dropped", 0)
                .put("dead_lettered", totals.deadLettered())
                .put("unaccounted", unaccounted())
                .put("duplicated", totals.duplicated())
                .put("seconds", rounded(seconds))
                .put("fps", rounded(fps()));
        json.putObject("latency_ms").put("p50", p50Millis).put("p99", p99Millis);
        json.put("correct", score.correct()).put("labelled_with_truth", score.labelledWithTruth());
        json.putObject("engine")
                .put("provider", provider)
                .put("model_sha256", modelSha256)
                .put("batch_mean", rounded(batchMean));
        return json.put("raw_engine_fps", rounded(rawEngineFps)).put("efficiency", rounded(efficiency()));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** The same for people. */
    String table() {
        String accuracy = score.labelledWithTruth() == 0
                ? "the truth of these pictures is not known"
                : format(
                        "%.1f %% (%,d of %,d pictures that show one item, whole)",
                        100 * score.accuracy(), score.correct(), score.labelledWithTruth());
        return String.join(
                "\n",
                format("frames in       %,8d   of them %d broken on purpose", totals.framesIn(), totals.broken()),
                format("labelled        %,8d", totals.labelled() + totals.reused()),
                format("dead letters    %,8d   expected %d", totals.deadLettered(), totals.broken()),
                format("unaccounted for %,8d", unaccounted()),
                format("answered twice  %,8d", totals.duplicated()),
                format("right           %s", accuracy),
                format("latency         %,8d ms for half of them, %,d ms for 99 %%", p50Millis, p99Millis),
                format("rate            %,8.1f pictures/s over %.1f s", fps(), seconds),
                format(
                        "engine          %,8.1f pictures/s without Kafka (%.0f %% used), %.1f in a batch, on %s",
                        rawEngineFps, 100 * efficiency(), batchMean, provider));
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
