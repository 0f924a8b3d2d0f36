package io.patchstream.local.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of a schema registry: who may register what, which id it gets, what may be deleted. Says no with a
 * {@link RegistryException}. Every change is in the log, if there is one, before it is visible.
 *
 * <p>Shared by the HTTP threads; one lock, because a change waits for the disk and a check must see all before it.
 */
final class Registry implements AutoCloseable {

    private final RegistryState state = new RegistryState();
    private final AvroSchemas schemas = new AvroSchemas(
            reference -> state.find(reference.subject(), reference.version()).map(SubjectVersion::schema));
    private final Optional<ChangeLog> log;

    /** @param file where the changes are kept; empty for a registry that forgets */
    Registry(Optional<Path> file) throws IOException {
        this.log = file.isPresent() ? Optional.of(ChangeLog.open(file.get(), state::apply)) : Optional.empty();
    }

    private void change(Change change) {
        try {
            log.ifPresent(it -> it.append(change));
        } catch (UncheckedIOException failure) {
            throw new RegistryException(50001, "Error in the backend data store: " + failure.getMessage(), failure);
        }
        state.apply(change);
    }

    /** The version that holds this schema: the one that is there, or a new one if the level allows it. */
    synchronized SubjectVersion register(
            String subject, String text, List<SchemaReference> references, boolean normalize) {
        SchemaText schema = schemas.canonical(text, references, normalize);
        Optional<SubjectVersion> present = latestWith(state.live(subject), schema);
        if (present.isPresent()) {
            return present.get();
        }
        refuseWhenReadOnly(subject);
        List<String> reasons = incompatibilities(subject, schema, state.live(subject));
        if (!reasons.isEmpty()) {
            throw new RegistryException(
                    409,
                    "Schema being registered is incompatible with an earlier schema for subject \"" + subject
                            + "\", details: [" + String.join(", ", reasons) + "]");
        }
        SubjectVersion fresh = new SubjectVersion(
                subject, state.nextVersion(subject), state.idOf(schema).orElseGet(state::nextId), schema, false);
        change(new Change.Registered(fresh));
        return fresh;
    }

    synchronized SubjectVersion lookUp(
            String subject, String text, List<SchemaReference> references, boolean normalize, boolean deletedToo) {
        List<SubjectVersion> versions = versions(subject, deletedToo);
        SchemaText schema = schemas.canonical(text, references, normalize);
        return latestWith(versions, schema).orElseThrow(RegistryException::schemaNotFound);
    }

    private static Optional<SubjectVersion> latestWith(List<SubjectVersion> oldestFirst, SchemaText schema) {
        return oldestFirst.stream()
                .filter(version -> version.schema().equals(schema))
                .reduce((older, newer) -> newer);
    }

    /**
     * What would break if {@code text} became the next version, checked against every version that the level looks at.
     *
     * @return empty when nothing does
     */
    synchronized List<String> incompatibilities(
            String subject, String text, List<SchemaReference> references, boolean normalize) {
        return incompatibilities(subject, schemas.canonical(text, references, normalize), state.live(subject));
    }

    /** The same, against one version only; a subject without a latest version has nothing that could break. */
    synchronized List<String> incompatibilitiesWith(
            String subject, String version, String text, List<SchemaReference> references, boolean normalize) {
        SchemaText schema = schemas.canonical(text, references, normalize);
        boolean nothingThere = state.live(subject).isEmpty();
        if (nothingThere && !VersionName.parse(version).isLatest()) {
            throw RegistryException.versionNotFound(version);
        }
        return incompatibilities(subject, schema, nothingThere ? List.of() : List.of(version(subject, version, false)));
    }

    private List<String> incompatibilities(String subject, SchemaText fresh, List<SubjectVersion> oldestFirst) {
        Compatibility level = effectiveLevel(subject);
        for (SubjectVersion old : level.lookedAt(oldestFirst)) {
            List<String> found = level.incompatibilities(schemas.parse(fresh), schemas.parse(old.schema()));
            if (!found.isEmpty()) {
                return Stream.concat(
                                found.stream(),
                                Stream.of(
                                        "{oldSchemaVersion: " + old.version() + "}",
                                        "{oldSchema: '" + old.schema().avro() + "'}",
                                        "{compatibility: '" + level + "'}"))
                        .toList();
            }
        }
        return List.of();
    }

    synchronized List<String> subjects(String prefix, boolean deletedToo, boolean deletedOnly) {
        return state
                .all()
                .filter(version -> version.subject().startsWith(prefix))
                .collect(Collectors.groupingBy(
                        SubjectVersion::subject,
                        TreeMap::new,
                        Collectors.reducing(true, SubjectVersion::deleted, Boolean::logicalAnd)))
                .entrySet()
                .stream()
                .filter(subject -> subject.getValue() ? deletedToo || deletedOnly : !deletedOnly)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Oldest first, never empty. */
    synchronized List<SubjectVersion> versions(String subject, boolean deletedToo) {
        List<SubjectVersion> versions = deletedToo ? state.versions(subject) : state.live(subject);
        if (versions.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        return versions;
    }

    /** @param name a number from 1, {@code latest} or -1 */
    synchronized SubjectVersion version(String subject, String name, boolean deletedToo) {
        VersionName wanted = VersionName.parse(name);
        List<SubjectVersion> versions = versions(subject, deletedToo);
        return wanted.isLatest()
                ? versions.get(versions.size() - 1)
                : versions.stream()
                        .filter(version -> version.version() == wanted.number())
                        .findFirst()
                        .orElseThrow(() -> RegistryException.versionNotFound(name));
    }

    /** Every version that has this id, softly deleted ones too: a record that was written stays readable. */
    synchronized List<SubjectVersion> withId(int id) {
        List<SubjectVersion> versions =
                state.all().filter(version -> version.id() == id).toList();
        if (versions.isEmpty()) {
            throw RegistryException.schemaNotFound(id);
        }
        return versions;
    }

    synchronized int maxId() {
        return state.lastId();
    }

    synchronized List<SubjectVersion> referringTo(SubjectVersion version) {
        return state.all()
                .filter(other -> !other.deleted() && other.refersTo(version))
                .toList();
    }

    /** @return the number of the version that is deleted now */
    synchronized int deleteVersion(String subject, String name, boolean permanent) {
        refuseWhenReadOnly(subject);
        VersionName wanted = VersionName.parse(name);
        if (permanent && wanted.isLatest()) {
            throw RegistryException.invalidVersion(name);
        }
        SubjectVersion version = version(subject, name, !wanted.isLatest());
        String what = "Subject '" + subject + "' Version " + version.version();
        refuseWhenReferred(version);
        if (permanent && !version.deleted()) {
            throw new RegistryException(40407, what + " was not deleted first before being permanently deleted");
        }
        if (!permanent && version.deleted()) {
            throw new RegistryException(40406, what + " was soft deleted. Set permanent=true to delete permanently");
        }
        List<Integer> one = List.of(version.version());
        change(permanent ? new Change.Erased(subject, one) : new Change.SoftDeleted(subject, one));
        return version.version();
    }

    /** @return the numbers of the versions that are deleted now */
    synchronized List<Integer> deleteSubject(String subject, boolean permanent) {
        refuseWhenReadOnly(subject);
        List<SubjectVersion> all = versions(subject, true);
        List<SubjectVersion> live = state.live(subject);
        if (permanent && !live.isEmpty()) {
            throw new RegistryException(
                    40405, "Subject '" + subject + "' was not deleted first before being permanently deleted");
        }
        if (!permanent && live.isEmpty()) {
            throw new RegistryException(
                    40404, "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
        }
        List<SubjectVersion> gone = permanent ? all : live;
        gone.forEach(this::refuseWhenReferred);
        List<Integer> numbers = gone.stream().map(SubjectVersion::version).toList();
        change(permanent ? new Change.Erased(subject, numbers) : new Change.SoftDeleted(subject, numbers));
        return numbers;
    }

    private void refuseWhenReferred(SubjectVersion version) {
        if (!referringTo(version).isEmpty()) {
            throw new RegistryException(
                    42206,
                    "One or more references exist to the schema {subject=" + version.subject() + ",version="
                            + version.version() + "}");
        }
    }

    private void refuseWhenReadOnly(String subject) {
        if (mode(Optional.of(subject)).or(() -> mode(Optional.empty())).orElseThrow() == Mode.READONLY) {
            throw new RegistryException(42205, "Subject " + subject + " is in read-only mode");
        }
    }

    private Compatibility effectiveLevel(String subject) {
        return level(Optional.of(subject)).or(() -> level(Optional.empty())).orElseThrow();
    }

    /** @return empty only for a subject without a level of its own */
    synchronized Optional<Compatibility> level(Optional<String> subject) {
        return state.level(subject).or(() -> globally(subject, Compatibility.BACKWARD));
    }

    synchronized void setLevel(Optional<String> subject, Optional<Compatibility> level) {
        change(new Change.LevelSet(subject, level));
    }

    /** @return empty only for a subject without a mode of its own */
    synchronized Optional<Mode> mode(Optional<String> subject) {
        return state.mode(subject).or(() -> globally(subject, Mode.READWRITE));
    }

    synchronized void setMode(Optional<String> subject, Optional<Mode> mode) {
        change(new Change.ModeSet(subject, mode));
    }

    private static <T> Optional<T> globally(Optional<String> subject, T fallback) {
        return subject.isPresent() ? Optional.empty() : Optional.of(fallback);
    }

    @Override
    public synchronized void close() throws IOException {
        if (log.isPresent()) {
            log.get().close();
        }
    }
}
