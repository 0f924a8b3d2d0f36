package io.patchstream.stream.alarms;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What webhooks are signed with: HMAC-SHA256 as Standard Webhooks 1.0 has it, over id, time and body with dots between, so that
 * a message cannot be sent again later or under another id. A text that begins with {@code whsec_} is Base64 behind that, as
 * there; any other is the key itself.
 */
final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final int LEAST_BYTES = 16;

    private final SecretKeySpec key;

    private WebhookSecret(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /** @throws SettingsException when it is none; the message does not have it */
    static WebhookSecret of(String text, String origin) {
        String stripped = text.strip();
        byte[] key;
        try {
            key = stripped.startsWith(PREFIX)
                    ? Base64.getDecoder().decode(stripped.substring(PREFIX.length()))
                    : stripped.getBytes(UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(origin + " begins with " + PREFIX + "; Base64 must follow"));
        }
        if (key.length < LEAST_BYTES) {
            throw new SettingsException(List.of(origin + " has a secret of " + key.length + " bytes; it must have "
                    + LEAST_BYTES + " or more, such as openssl rand -hex 32 makes"));
        }
        return new WebhookSecret(key);
    }

    static WebhookSecret read(Path file) {
        try {
            return of(Files.readString(file), "--secret-file " + file);
        } catch (IOException e) {
            throw new SettingsException(List.of("--secret-file is " + file + "; it must be a file that can be read"));
        }
    }

    static WebhookSecret ofVariable(String name, String value) {
        if (value == null) {
            throw new SettingsException(List.of("--secret-env is " + name + "; there is no such variable"));
        }
        return of(value, "--secret-env " + name);
    }

    /** The value of {@code webhook-signature}. */
    String signature(String id, long seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            mac.update((id + "." + seconds + ".").getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HmacSHA256", e);
        }
    }
}
