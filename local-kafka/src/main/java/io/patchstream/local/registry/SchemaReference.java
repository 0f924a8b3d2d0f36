package io.patchstream.local.registry;

/**
 * A named type that a schema uses and another subject defines.
 *
 * @param name full name of the type, as the using schema writes it
 * @param version of {@code subject}
 */
record SchemaReference(String name, String subject, int version) {}
