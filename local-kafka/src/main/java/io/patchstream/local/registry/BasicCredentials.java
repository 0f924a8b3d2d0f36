package io.patchstream.local.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** The user and password that every call must carry, as HTTP basic authentication. */
public record BasicCredentials(String user, String password) {

    public BasicCredentials {
        if (user.isEmpty() || user.contains(":")) {
            throw new IllegalArgumentException("user is '" + user + "'; it must not be empty nor hold a colon");
        }
    }

    /** @param authorization the header, or null when there is none */
    boolean accept(String authorization) {
        byte[] expected = ("Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)))
                .getBytes(StandardCharsets.UTF_8);
        return authorization != null && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "BasicCredentials[user=" + user + ", password=****]";
    }
}
