package io.patchstream.vision.examples;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One example of a manifest: a line of JSON, or of CSV with these names in its first line. {@code path} may be said for
 * {@code uri}; further names are left alone.
 *
 * @param uri where the picture is: a path below the manifest's folder, {@code shard.tar!/member.jpg}, or
 *     {@code kafka:topic/partition/offset}
 * @param picture which picture of a segment of video, from 0; 0 for a still
 * @param label the class; empty when nobody has said
 * @param split such as train or test; empty when there is none yet
 * @param group examples that must stay together, as those of one patient or one clip; may be empty
 * @param camera the camera or stream; may be empty
 * @param time when the picture was taken
 * @param sha256 of the encoded bytes, 64 lower-case hexadecimal digits; empty when unknown
 */
public record ManifestRow(
        String uri,
        int picture,
        String label,
        String split,
        String group,
        String camera,
        Optional<Instant> time,
        String sha256) {
    /** The folder of {@link #frame}. */
    public static final String FRAMES = "frames";

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}|");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public ManifestRow {
        requireNonNull(uri, "uri");
        requireNonNull(label, "label");
        requireNonNull(split, "split");
        requireNonNull(group, "group");
        requireNonNull(camera, "camera");
        requireNonNull(time, "time");
        if (uri.isBlank()) {
            throw new IllegalArgumentException("it has no path and no uri");
        }
        if (picture < 0) {
            throw new IllegalArgumentException("picture is " + picture + "; it must be 0 or more");
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "sha256 is '" + sha256 + "'; it must be 64 lower-case hexadecimal digits");
        }
    }

    /** A still picture without more. */
    public static ManifestRow of(String uri, String label) {
        return new ManifestRow(uri, 0, label, "", "", "", Optional.empty(), "");
    }

    /**
     * Reads a line of JSON.
     *
     * @throws IllegalArgumentException when it is none, or a value is wrong; the message says what
     */
    public static ManifestRow parse(String json) {
        JsonNode node = object(json);
        return of(name -> text(node, name));
    }

    /** The same for a picture that is known to be at {@code uri}, whatever the line says of that. */
    public static ManifestRow parse(String json, String uri) {
        JsonNode node = object(json);
        return of(name -> name.equals("uri") ? uri : name.equals("path") ? "" : text(node, name));
    }

    private static JsonNode object(String json) {
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
        }
        if (node == null || !node.isObject()) {
            throw new IllegalArgumentException("it is no JSON object");
        }
        return node;
    }

    private static String text(JsonNode object, String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return "";
        }
        if (!value.isValueNode()) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be text or a number");
        }
        return value.asText();
    }

    /** The same from columns by name, such as those of CSV; what is missing is the empty text. */
    public static ManifestRow of(Map<String, String> columns) {
        return of(name -> columns.getOrDefault(name, ""));
    }

    private static ManifestRow of(Function<String, String> column) {
        String uri = column.apply("uri");
        String path = column.apply("path");
        if (!uri.isEmpty() && !path.isEmpty()) {
            throw new IllegalArgumentException("it has a path and a uri; one of them is enough");
        }
        return new ManifestRow(
                uri.isEmpty() ? path : uri,
                whole("picture", column.apply("picture")),
                column.apply("label").strip(),
                column.apply("split").strip(),
                column.apply("group").strip(),
                column.apply("camera").strip(),
                instant(column.apply("time").strip()),
                column.apply("sha256").strip());
    }

    private static int whole(String name, String text) {
        try {
            return text.isBlank() ? 0 : Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + text + "'; it must be a whole number", e);
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "time is '" + text + "'; it must be like 2026-11-23T12:00:00.5Z or 2026-11-23T13:00:00.5+01:00", e);
        }
    }

    /** As a line of JSON, without what is empty: equal rows give equal lines. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("uri", uri);
        if (picture > 0) {
            node.put("picture", picture);
        }
        Map<String, String> rest = new TreeMap<>(
                Map.of("label", label, "split", split, "group", group, "camera", camera, "sha256", sha256));
        time.ifPresent(instant -> rest.put("time", instant.toString()));
        rest.values().removeIf(String::isEmpty);
        rest.forEach(node::put);
        return node.toString();
    }

    /** The same example by another label. */
    public ManifestRow withLabel(String name) {
        return new ManifestRow(uri, picture, name, split, group, camera, time, sha256);
    }

    /** The same example in another place. */
    public ManifestRow at(String place) {
        return new ManifestRow(place, picture, label, split, group, camera, time, sha256);
    }

    /** The same example in another split. */
    public ManifestRow inSplit(String name) {
        return new ManifestRow(uri, picture, label, name, group, camera, time, sha256);
    }

    /** The same example with the hash of its bytes. */
    public ManifestRow withSha256(String digits) {
        return new ManifestRow(uri, picture, label, split, group, camera, time, digits);
    }

    /** Whether it is a frame of a topic, whose bytes lie at {@link #frame}. */
    public boolean isOfTopic() {
        return uri.startsWith("kafka:");
    }

    /**
     * Where the bytes of a topic's frames lie beside a manifest: {@code frames/ab/abcd…}, by their SHA-256.
     *
     * @param folder the manifest's
     */
    public static Path frame(Path folder, String sha256) {
        return folder.resolve(FRAMES).resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    /** What names the example: two rows with equal keys are the same picture. */
    public String key() {
        return picture == 0 ? uri : uri + "#" + picture;
    }
}
