package io.patchstream.stream.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a slot is to serve: the value on the models topic, as JSON; the key is the slot.
 *
 * @param format {@value #FORMAT}
 * @param version a name for people
 * @param sha256 the model's, its external weights included, as answers name it
 * @param files the model, then what belongs beside it: golden frames, weights
 * @param publishedAt when, ISO 8601
 */
public record ModelRecord(int format, String version, String sha256, List<Part> files, String publishedAt) {
    static final int FORMAT = 1;

    private static final int MOST_FILES = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            // A later version may say more.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * One file, by a claim check.
     *
     * @param name its name beside the others, without a folder
     * @param uri where it lies: {@code file:}, {@code http:} or {@code https:}
     * @param sha256 its own
     * @param bytes its size
     */
    public record Part(String name, String uri, String sha256, long bytes) {}

    public ModelRecord {
        files = files == null ? List.of() : List.copyOf(files);
    }

    /** Of this version. */
    public static ModelRecord of(String version, String sha256, List<Part> files, String publishedAt) {
        return new ModelRecord(FORMAT, version, sha256, files, publishedAt);
    }

    /**
     * What a record's value says.
     *
     * @param value null is a tombstone
     * @throws ModelRefusedException when it names no model
     */
    public static ModelRecord parse(byte[] value) throws ModelRefusedException {
        if (value == null) {
            throw ModelRefusedException.forGood("it is a tombstone: the slot has no model any more");
        }
        ModelRecord record;
        try {
            record = JSON.readValue(value, ModelRecord.class);
        } catch (IOException e) {
            throw ModelRefusedException.forGood("it is no JSON of a model: "
                    + (e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage()));
        }
        String problem = record == null ? "it is empty" : record.problem();
        if (!problem.isEmpty()) {
            throw ModelRefusedException.forGood(problem);
        }
        return record;
    }

    private String problem() {
        if (format != FORMAT) {
            return "its format is " + format + "; this version reads " + FORMAT;
        } else if (version == null
                || version.isBlank()
                || sha256 == null
                || !SHA256.matcher(sha256).matches()) {
            return "it needs a version and a sha256 of 64 hexadecimal digits; they are '" + version + "' and '" + sha256
                    + "'";
        } else if (files.isEmpty() || files.size() > MOST_FILES) {
            return "it names " + files.size() + " files; 1 to " + MOST_FILES + " are a model";
        }
        Set<String> names = new HashSet<>();
        for (Part part : files) {
            if (part.name == null || !NAME.matcher(part.name).matches() || !names.add(part.name)) {
                return "it names a file '" + part.name + "'; names are plain, and each its own";
            } else if (part.uri == null
                    || part.sha256 == null
                    || !SHA256.matcher(part.sha256).matches()) {
                return "its file " + part.name + " needs a uri and a sha256 of 64 hexadecimal digits";
            } else if (part.bytes < 1) {
                return "its file " + part.name + " has " + part.bytes + " bytes; a file of a model has at least 1";
            }
        }
        return fileName().endsWith(".onnx") ? "" : "its first file is " + fileName() + "; it must be the .onnx file";
    }

    /** The ONNX file's name. */
    public String fileName() {
        return files.get(0).name;
    }

    /** Of all files together; the largest number there is where they are more. */
    public long bytes() {
        long sum = 0;
        for (Part part : files) {
            sum = part.bytes > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + part.bytes;
        }
        return sum;
    }

    /** The record's value. */
    public byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are JSON", e);
        }
    }
}
