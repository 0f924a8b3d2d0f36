package io.patchstream.schemas.describe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/** An Avro type in words. */
record TypeText(Schema schema) {
    /** Such as {@code array of LabelScore}, {@code string or null}, {@code timestamp-micros (long)}. */
    @Override
    public String toString() {
        LogicalType logical = schema.getLogicalType();
        if (logical != null) {
            return logical.getName() + " (" + schema.getType().getName() + ")";
        }
        return switch (schema.getType()) {
            case RECORD -> schema.getName();
            case ENUM -> schema.getName() + ": " + String.join(", ", schema.getEnumSymbols());
            case ARRAY -> "array of " + new TypeText(schema.getElementType());
            case MAP -> "map of string to " + new TypeText(schema.getValueType());
            case UNION ->
                schema.getTypes().stream()
                        .sorted((a, b) ->
                                Boolean.compare(a.getType() == Schema.Type.NULL, b.getType() == Schema.Type.NULL))
                        .map(type -> new TypeText(type).toString())
                        .collect(Collectors.joining(" or "));
            default -> schema.getType().getName();
        };
    }

    /** The records within it that have fields of their own to tell of. */
    List<Schema> records() {
        List<Schema> records = new ArrayList<>();
        switch (schema.getType()) {
            case RECORD -> records.add(schema);
            case ARRAY -> records.addAll(new TypeText(schema.getElementType()).records());
            case MAP -> records.addAll(new TypeText(schema.getValueType()).records());
            case UNION -> schema.getTypes().forEach(type -> records.addAll(new TypeText(type).records()));
            default -> {}
        }
        return records;
    }

    /** What an enum says of its symbols. */
    Optional<String> enumDoc() {
        return schema.getType() == Schema.Type.ENUM ? Optional.ofNullable(schema.getDoc()) : Optional.empty();
    }
}
