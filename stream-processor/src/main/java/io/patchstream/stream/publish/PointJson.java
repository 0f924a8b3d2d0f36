package io.patchstream.stream.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.EmbeddingLineage;
import io.patchstream.schemas.EmbeddingPayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An embedding as JSON without a schema: {@code {collection_name, id, vector, payload}} and no other key at the top, which
 * is what Qdrant's connector takes and the others can map. Floats are written so that they are read as the same bits.
 */
public final class PointJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PointJson() {}

    /** The record's value, UTF-8. */
    public static byte[] write(Embedding point) {
        ObjectNode json = JSON.createObjectNode();
        json.put("collection_name", point.getCollectionName());
        json.put("id", point.getId());
        ArrayNode vector = json.putArray("vector");
        point.getVector().forEach(value -> vector.add(value));
        EmbeddingPayload what = point.getPayload();
        EmbeddingLineage lineage = point.getLineage();
        json.putObject("payload")
                .put("camera", what.getCamera())
                .put("frame", what.getFrame())
                .put("picture", what.getPicture())
                .put("captured_at", what.getCapturedAt().toString())
                .put("label", what.getLabel())
                .put("probability", what.getProbability())
                .put("model", point.getModel())
                .put("model_sha256", lineage.getModelSha256())
                .put("preprocessing_sha256", lineage.getPreprocessingSha256())
                .put("engine", lineage.getEngine())
                .put("source_topic", lineage.getSourceTopic())
                .put("source_partition", lineage.getSourcePartition())
                .put("source_offset", lineage.getSourceOffset());
        try {
            return JSON.writeValueAsBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What {@link #write} wrote.
     *
     * @throws IllegalArgumentException when it is not that
     */
    public static Embedding read(byte[] value) {
        try {
            JsonNode json = JSON.readTree(value);
            JsonNode payload = json.required("payload");
            List<Float> vector = new ArrayList<>();
            json.required("vector").forEach(each -> vector.add(each.floatValue()));
            return new Embedding(
                    json.required("collection_name").asText(),
                    json.required("id").asText(),
                    vector,
                    vector.size(),
                    payload.required("model").asText(),
                    new EmbeddingPayload(
                            payload.required("camera").asText(),
                            payload.required("frame").asText(),
                            payload.required("picture").asInt(),
                            Instant.parse(payload.required("captured_at").asText()),
                            payload.required("label").asText(),
                            payload.required("probability").floatValue()),
                    new EmbeddingLineage(
                            payload.required("model_sha256").asText(),
                            payload.required("preprocessing_sha256").asText(),
                            payload.required("engine").asText(),
                            payload.required("source_topic").asText(),
                            payload.required("source_partition").asInt(),
                            payload.required("source_offset").asLong()));
        } catch (IOException | DateTimeException e) {
            throw new IllegalArgumentException("it is no embedding as JSON: " + e.getMessage(), e);
        }
    }
}
