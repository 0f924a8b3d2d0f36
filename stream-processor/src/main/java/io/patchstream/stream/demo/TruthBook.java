package io.patchstream.stream.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the cameras' pictures really show, where that is known. It never leaves the demo: the processor sees pictures only.
 * Shared between threads.
 */
final class TruthBook {
    /**
     * How right the labels were.
     *
     * @param correct labels that name what is shown
     * @param labelledWithTruth labels of pictures whose truth is known
     */
    record Score(long correct, long labelledWithTruth) {
        double accuracy() {
            return labelledWithTruth == 0 ? 0 : (double) correct / labelledWithTruth;
        }
    }

    private final Map<String, List<Optional<String>>> byCamera = new ConcurrentHashMap<>();
    private long correct;
    private long labelledWithTruth;

    /** Reads the truth beside a clip, {@code NAME.truth.jsonl}: one line a picture. */
    static List<Optional<String>> read(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<Optional<String>> labels = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode label = json.readTree(line).path("label");
            labels.add(label.isTextual() ? Optional.of(label.asText()) : Optional.empty());
        }
        return labels;
    }

    /** A camera shows these again and again. */
    void put(String camera, List<Optional<String>> labels) {
        byCamera.put(camera, List.copyOf(labels));
    }

    /** What a picture shows. */
    Optional<String> of(String camera, long sequence) {
        List<Optional<String>> labels = byCamera.getOrDefault(camera, List.of());
        return labels.isEmpty() || sequence < 0 ? Optional.empty() : labels.get((int) (sequence % labels.size()));
    }

    /** Counts a label; empty where the truth is unknown, else whether it is right. */
    synchronized Optional<Boolean> compare(String camera, long sequence, String label) {
        Optional<Boolean> right = of(camera, sequence)
                .map(truth -> truth.toLowerCase(Locale.ROOT).equals(label.toLowerCase(Locale.ROOT)));
        right.ifPresent(yes -> {
            labelledWithTruth++;
            correct += yes ? 1 : 0;
        });
        return right;
    }

    synchronized Score score() {
        return new Score(correct, labelledWithTruth);
    }
}
