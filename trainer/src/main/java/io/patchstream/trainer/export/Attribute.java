package io.patchstream.trainer.export;

import java.util.Arrays;
import java.util.List;

/** A named setting of an ONNX node. */
record Attribute(String name, Value value) {
    /** What a setting may be. */
    sealed interface Value {}

    record Whole(long value) implements Value {}

    record Real(float value) implements Value {}

    record Text(String value) implements Value {}

    record Wholes(List<Long> values) implements Value {}

    static Attribute of(String name, long value) {
        return new Attribute(name, new Whole(value));
    }

    static Attribute of(String name, float value) {
        return new Attribute(name, new Real(value));
    }

    static Attribute of(String name, String value) {
        return new Attribute(name, new Text(value));
    }

    static Attribute list(String name, long... values) {
        return new Attribute(name, new Wholes(Arrays.stream(values).boxed().toList()));
    }
}
