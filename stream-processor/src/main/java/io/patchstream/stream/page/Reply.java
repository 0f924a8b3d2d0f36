package io.patchstream.stream.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * What is answered.
 *
 * @param status HTTP's
 * @param type the content's
 * @param body the content
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on once, never compared.
record Reply(int status, String type, byte[] body) {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int TOO_LARGE = 413;
    static final int UNPROCESSABLE = 422;
    static final int TOO_MANY = 429;
    static final int FAILED = 500;
    static final int BAD_GATEWAY = 502;
    static final int UNAVAILABLE = 503;

    private static final ObjectMapper JSON = new ObjectMapper();

    static Reply json(Object value) {
        return new Reply(OK, "application/json", bytes(value));
    }

    /** A problem in a sentence. */
    static Reply problem(int status, String says) {
        return new Reply(status, "application/json", bytes(Map.of("problem", says)));
    }

    /** One line. */
    static String line(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + value.getClass().getSimpleName() + " is no JSON", e);
        }
    }

    private static byte[] bytes(Object value) {
        return line(value).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
