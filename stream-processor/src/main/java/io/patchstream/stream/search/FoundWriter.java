package io.patchstream.stream.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.stream.index.Point;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Writes what was found, a line each. */
final class FoundWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintWriter out;
    private final boolean json;

    FoundWriter(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** @param distance how far from what was asked for; empty when nothing was */
    void write(Point point, OptionalDouble distance) {
        if (json) {
            out.println(json(point, distance));
        } else {
            out.println((distance.isPresent() ? String.format(Locale.ROOT, "%.6f  ", distance.getAsDouble()) : "")
                    + point.camera()
                    + (point.picture() == 0 ? "" : "#" + point.picture())
                    + "  " + point.capturedAt()
                    + "  " + String.format(Locale.ROOT, "%s %.1f %%", point.label(), 100 * point.probability())
                    + "  " + place(point));
        }
    }

    /** The place as {@code --frame} takes it. */
    static String place(Point point) {
        return point.source().topic() + ":" + point.source().partition() + ":"
                + point.source().offset();
    }

    private static String json(Point point, OptionalDouble distance) {
        Map<String, Object> line = new LinkedHashMap<>();
        distance.ifPresent(value -> line.put("distance", value));
        line.put("id", point.id());
        line.put("camera", point.camera());
        line.put("frame", point.frame());
        line.put("picture", point.picture());
        line.put("captured_at", point.capturedAt().toString());
        line.put("label", point.label());
        line.put("probability", point.probability());
        line.put("model", point.model());
        line.put("model_sha256", point.modelSha256());
        line.put("source_topic", point.source().topic());
        line.put("source_partition", point.source().partition());
        line.put("source_offset", point.source().offset());
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers can always be written", e);
        }
    }
}
