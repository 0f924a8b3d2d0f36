package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.page.RecentFrames.Entry;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which of the frames that were shown lately are asked for.
 *
 * @param camera only this one's; empty for all
 * @param label only those whose best label it is; empty for all
 * @param youngerThan only those that were taken within this time before now; empty for all
 */
record FrameFilter(Optional<String> camera, Optional<String> label, Optional<Duration> youngerThan) {
    /**
     * As an address has it: {@code camera=door&label=cat&seconds=60}, each at most once.
     *
     * @param query not decoded yet; null or empty for everything
     * @throws IllegalArgumentException when it is another
     */
    static FrameFilter of(String query) {
        Map<String, String> given = new TreeMap<>();
        if (query != null && !query.isEmpty()) {
            for (String part : query.split("&")) {
                String[] pair = part.split("=", 2);
                if (pair.length < 2 || !pair[0].matches("camera|label|seconds") || given.containsKey(pair[0])) {
                    throw new IllegalArgumentException("say camera=ID, label=LABEL and seconds=N, each once at most");
                }
                given.put(pair[0], URLDecoder.decode(pair[1], UTF_8));
            }
        }
        if (!given.getOrDefault("seconds", "1").matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("seconds is a whole number");
        }
        return new FrameFilter(
                Optional.ofNullable(given.get("camera")),
                Optional.ofNullable(given.get("label")),
                Optional.ofNullable(given.get("seconds")).map(Long::valueOf).map(Duration::ofSeconds));
    }

    /** Whether it is one of those. */
    boolean takes(Entry frame, long nowMicros) {
        return camera.map(frame.camera()::equals).orElse(true)
                && label.map(frame.label()::equals).orElse(true)
                && youngerThan
                        .map(age -> frame.capturedAtMicros() >= nowMicros - age.toMillis() * 1000)
                        .orElse(true);
    }
}
