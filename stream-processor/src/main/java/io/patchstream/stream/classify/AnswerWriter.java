package io.patchstream.stream.classify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.stream.frame.Confidence;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Prediction.Score;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what became of a file, for people or as a line of JSON. */
final class AnswerWriter {
    private static final JsonMapper JSON = new JsonMapper();

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;

    AnswerWriter(PrintWriter out, PrintWriter err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /** True when it was answered. */
    boolean write(Path file, FrameOutcome outcome) {
        boolean answered = outcome.fold(
                classified -> {
                    answer(file, classified);
                    return true;
                },
                rejected -> {
                    error(file, rejected);
                    return false;
                },
                dropped -> {
                    throw new IllegalStateException(file + " was dropped; files have no deadline");
                });
        out.flush();
        err.flush();
        return answered;
    }

    private void answer(Path file, Classified classified) {
        int pictures = classified.pictures().size();
        for (int i = 0; i < pictures; i++) {
            Prediction prediction = classified.pictures().get(i);
            if (json) {
                line(json(file, i, prediction));
            } else {
                out.println(file + (pictures == 1 ? "" : "#" + i) + "  " + text(prediction));
            }
        }
    }

    private static String text(Prediction prediction) {
        List<String> labels = prediction.model().contract().labels();
        return prediction.topK().stream()
                .map(score ->
                        String.format(Locale.ROOT, "%s %.1f %%", labels.get(score.index()), 100 * score.probability()))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> json(Path file, int picture, Prediction prediction) {
        List<String> labels = prediction.model().contract().labels();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", file.toString());
        line.put("picture", picture);
        line.put(
                "labels",
                prediction.topK().stream().map(score -> json(labels, score)).toList());
        Confidence confidence = prediction.confidence();
        confidence.setSize().ifPresent(size -> line.put("set_size", size));
        confidence.distance().ifPresent(distance -> {
            line.put("distance", distance.squared());
            line.put("distance_beyond", distance.beyond());
        });
        line.put("model", prediction.model().contract().name());
        line.put("model_sha256", prediction.model().sha256());
        line.put("engine", prediction.model().engine());
        return line;
    }

    private static Map<String, Object> json(List<String> labels, Score score) {
        Map<String, Object> label = new LinkedHashMap<>();
        label.put("label", labels.get(score.index()));
        label.put("index", score.index());
        label.put("probability", score.probability());
        return label;
    }

    private void error(Path file, Rejected rejected) {
        err.println(file + ": " + rejected.code() + ": " + rejected.message());
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("file", file.toString());
            line.put("stage", rejected.stage().name());
            line.put("code", rejected.code());
            line.put("error", rejected.message());
            line(line);
        }
    }

    private void line(Map<String, Object> line) {
        try {
            out.println(JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + line + " as JSON", e);
        }
    }
}
