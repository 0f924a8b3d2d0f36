package io.patchstream.local.registry;

/**
 * One schema at its place in a subject.
 *
 * @param version counts from 1 in the subject
 * @param id the number on the wire; the same schema has the same one under every subject
 * @param deleted softly: hidden, but its id still answers
 */
record SubjectVersion(String subject, int version, int id, SchemaText schema, boolean deleted) {

    SubjectVersion softDeleted() {
        return new SubjectVersion(subject, version, id, schema, true);
    }

    boolean refersTo(SubjectVersion other) {
        return schema.references().stream()
                .anyMatch(it -> it.subject().equals(other.subject) && it.version() == other.version);
    }
}
