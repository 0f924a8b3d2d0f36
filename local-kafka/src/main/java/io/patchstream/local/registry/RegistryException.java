package io.patchstream.local.registry;

import java.io.Serial;

/** A call that the registry refuses: the HTTP status, Confluent's error code and a sentence for the caller. */
final class RegistryException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;
    private final int code;

    /** @param code Confluent's: the status, or the status and two digits */
    RegistryException(int code, String message) {
        this(code, message, null);
    }

    RegistryException(int code, String message, Throwable cause) {
        super(message, cause);
        this.status = code < 1000 ? code : code / 100;
        this.code = code;
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }

    static RegistryException subjectNotFound(String subject) {
        return new RegistryException(40401, "Subject '" + subject + "' not found.");
    }

    static RegistryException versionNotFound(String version) {
        return new RegistryException(40402, "Version " + version + " not found.");
    }

    static RegistryException schemaNotFound() {
        return new RegistryException(40403, "Schema not found");
    }

    static RegistryException schemaNotFound(int id) {
        return new RegistryException(40403, "Schema " + id + " not found");
    }

    static RegistryException invalidSchema(String why) {
        return new RegistryException(42201, why);
    }

    static RegistryException invalidVersion(String version) {
        return new RegistryException(
                42202,
                "The specified version '" + version + "' is not a valid version id. Allowed values are between [1,"
                        + " 2^31-1] and the string \"latest\"");
    }
}
