package io.patchstream.local.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the registry knows: the sum of its changes. Not thread-safe; {@link Registry} guards it. */
final class RegistryState {

    private final TreeMap<String, TreeMap<Integer, SubjectVersion>> subjects = new TreeMap<>();
    private final Map<Optional<String>, Compatibility> levels = new HashMap<>();
    private final Map<Optional<String>, Mode> modes = new HashMap<>();
    private int lastId;

    void apply(Change change) {
        if (change instanceof Change.Registered it) {
            put(it.version());
            lastId = Math.max(lastId, it.version().id());
        } else if (change instanceof Change.SoftDeleted it) {
            softDelete(it);
        } else if (change instanceof Change.Erased it) {
            erase(it);
        } else if (change instanceof Change.LevelSet it) {
            setOrRemove(levels, it.subject(), it.level());
        } else if (change instanceof Change.ModeSet it) {
            setOrRemove(modes, it.subject(), it.mode());
        } else {
            throw new IllegalArgumentException("No such change: " + change);
        }
    }

    private void put(SubjectVersion version) {
        subjects.computeIfAbsent(version.subject(), name -> new TreeMap<>()).put(version.version(), version);
    }

    /** A subject that nobody sees any more keeps no level and no mode of its own. */
    private void softDelete(Change.SoftDeleted deleted) {
        String subject = deleted.subject();
        deleted.versions().forEach(version -> find(subject, version).ifPresent(old -> put(old.softDeleted())));
        if (live(subject).isEmpty()) {
            levels.remove(Optional.of(subject));
            modes.remove(Optional.of(subject));
        }
    }

    private void erase(Change.Erased erased) {
        TreeMap<Integer, SubjectVersion> versions = subjects.get(erased.subject());
        if (versions != null) {
            erased.versions().forEach(versions::remove);
            if (versions.isEmpty()) {
                subjects.remove(erased.subject());
            }
        }
    }

    private static <T> void setOrRemove(Map<Optional<String>, T> map, Optional<String> subject, Optional<T> value) {
        value.ifPresentOrElse(set -> map.put(subject, set), () -> map.remove(subject));
    }

    /** Every version of every subject, softly deleted ones too, by subject and version. */
    Stream<SubjectVersion> all() {
        return subjects.values().stream().flatMap(versions -> versions.values().stream());
    }

    /** Oldest first, softly deleted ones too; empty for a subject that is not there. */
    List<SubjectVersion> versions(String subject) {
        TreeMap<Integer, SubjectVersion> versions = subjects.get(subject);
        return versions == null ? List.of() : new ArrayList<>(versions.values());
    }

    /** Oldest first, without the softly deleted ones. */
    List<SubjectVersion> live(String subject) {
        return versions(subject).stream().filter(version -> !version.deleted()).toList();
    }

    Optional<SubjectVersion> find(String subject, int version) {
        return Optional.ofNullable(subjects.get(subject)).map(versions -> versions.get(version));
    }

    Optional<Integer> idOf(SchemaText schema) {
        return all().filter(version -> version.schema().equals(schema))
                .map(SubjectVersion::id)
                .findFirst();
    }

    /** An id is never given twice, also when all that had it is erased. */
    int nextId() {
        return lastId + 1;
    }

    int lastId() {
        return lastId;
    }

    int nextVersion(String subject) {
        TreeMap<Integer, SubjectVersion> versions = subjects.get(subject);
        return versions == null ? 1 : versions.lastKey() + 1;
    }

    /** As set for exactly this subject, or globally when {@code subject} is empty. */
    Optional<Compatibility> level(Optional<String> subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    Optional<Mode> mode(Optional<String> subject) {
        return Optional.ofNullable(modes.get(subject));
    }
}
