package io.patchstream.stream.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The newest answer of each camera, and what went wrong lately. Shared between threads. */
final class DemoBoard {
    /**
     * A camera's newest answer.
     *
     * @param label the label
     * @param probability 0 to 1
     * @param latencyMillis capture to read
     * @param pictures how many the camera has had answered
     * @param truth how the label compares with the truth: right, wrong, or nothing known
     */
    record Line(String label, float probability, long latencyMillis, long pictures, String truth) {}

    private final Map<String, Line> lines = new TreeMap<>();
    private final List<String> letters = new ArrayList<>();

    synchronized void answered(String camera, String label, float probability, long latencyMillis, String truth) {
        Line before = lines.get(camera);
        long pictures = before == null ? 1 : before.pictures() + 1;
        lines.put(camera, new Line(label, probability, latencyMillis, pictures, truth));
    }

    synchronized void deadLetter(String says) {
        letters.add(says);
    }

    /** By camera. */
    synchronized Map<String, Line> lines() {
        return new TreeMap<>(lines);
    }

    /** The dead letters since the last call. */
    synchronized List<String> takeDeadLetters() {
        List<String> taken = List.copyOf(letters);
        letters.clear();
        return taken;
    }
}
