package io.patchstream.local.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/** What a new version of a subject must be able to do beside the older ones. */
enum Compatibility {
    /** Anything goes. */
    NONE(false, false, false),
    /** The new schema reads what the latest one wrote. */
    BACKWARD(true, false, false),
    /** The new schema reads what every older one wrote. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** The latest schema reads what the new one writes. */
    FORWARD(false, true, false),
    /** Every older schema reads what the new one writes. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Backward and forward with the latest. */
    FULL(true, true, false),
    /** Backward and forward with every older one. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean readsOld;
    private final boolean readByOld;
    private final boolean transitive;

    Compatibility(boolean readsOld, boolean readByOld, boolean transitive) {
        this.readsOld = readsOld;
        this.readByOld = readByOld;
        this.transitive = transitive;
    }

    /** In any case of letters, as Confluent's registry takes it; empty for a level that does not exist. */
    static Optional<Compatibility> named(String name) {
        return Arrays.stream(values())
                .filter(level -> level.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    boolean checksNothing() {
        return this == NONE;
    }

    /** The versions of {@code oldestFirst} that this level looks at: none, the latest, or all; the latest first. */
    <T> List<T> lookedAt(List<T> oldestFirst) {
        if (checksNothing() || oldestFirst.isEmpty()) {
            return List.of();
        }
        if (!transitive) {
            return List.of(oldestFirst.get(oldestFirst.size() - 1));
        }
        List<T> latestFirst = new ArrayList<>(oldestFirst);
        Collections.reverse(latestFirst);
        return latestFirst;
    }

    /** @return one sentence for each thing that breaks; empty when the two agree at this level */
    List<String> incompatibilities(Schema fresh, Schema old) {
        return Stream.concat(
                        readsOld ? breaks(fresh, "new", old, "old") : Stream.empty(),
                        readByOld ? breaks(old, "old", fresh, "new") : Stream.empty())
                .toList();
    }

    private static Stream<String> breaks(Schema reader, String readerName, Schema writer, String writerName) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(found -> describe(found, readerName, writerName));
    }

    private static String describe(Incompatibility found, String reader, String writer) {
        return "{errorType:'%s', description:'at path '%s' the %s schema cannot read what the %s schema writes', additionalInfo:'%s'}"
                .formatted(found.getType(), found.getLocation(), reader, writer, found.getMessage());
    }
}
