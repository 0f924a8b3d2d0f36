package io.patchstream.stream.alarms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import java.util.LinkedHashMap;
import java.util.Map;

/** Alarms as JSON: the fields of the record by their names, times as ISO 8601. The same alarm gives the same text. */
final class AlarmJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AlarmJson() {}

    static String write(Alarm alarm) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", alarm.getId());
        json.put("rule", alarm.getRule());
        json.put("kind", alarm.getKind().name());
        json.put("camera_id", alarm.getCameraId());
        json.put("raised_id", alarm.getRaisedId());
        json.put(
                "raised_by",
                alarm.getRaisedBy().stream().map(AlarmJson::picture).toList());
        json.put("cleared_by", alarm.getClearedBy() == null ? null : picture(alarm.getClearedBy()));
        return text(json);
    }

    /** Of any map of texts, numbers and the like. */
    static String text(Map<String, ?> json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can be written as JSON", e);
        }
    }

    private static Map<String, Object> picture(AlarmPicture picture) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("frame_id", picture.getFrameId());
        json.put("picture", picture.getPicture());
        json.put("captured_at", picture.getCapturedAt().toString());
        json.put("label", picture.getLabel());
        json.put("probability", picture.getProbability());
        json.put("model", picture.getModel());
        json.put("model_sha256", picture.getModelSha256());
        json.put("source_topic", picture.getSourceTopic());
        json.put("source_partition", picture.getSourcePartition());
        json.put("source_offset", picture.getSourceOffset());
        return json;
    }
}
