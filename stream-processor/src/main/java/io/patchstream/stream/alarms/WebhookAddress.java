package io.patchstream.stream.alarms;

import io.patchstream.stream.settings.References;
import io.patchstream.stream.settings.SettingsException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where a webhook is. Many have a secret in their path, so that it is printed without.
 *
 * @param uri with scheme and host
 */
record WebhookAddress(URI uri) {
    /**
     * Reads it; references to files and variables within are replaced.
     *
     * @throws SettingsException when it is none, or would carry alarms over a network in the clear unasked
     */
    static WebhookAddress of(String text, Map<String, String> environment, boolean isHttpAllowed) {
        URI uri;
        try {
            uri = new URI(References.resolved(text, environment));
        } catch (URISyntaxException e) {
            throw wrong("it must be an address such as https://example.org/alarms");
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme) || uri.getHost() == null) {
            throw wrong("it must be an address such as https://example.org/alarms");
        } else if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw wrong("it must have neither a login nor a fragment; --secret-file signs what is sent");
        } else if (scheme.equals("http") && !isHttpAllowed && !isLoopback(uri.getHost())) {
            throw wrong("it is http, which anybody on the way can read and change; take https, or add --allow-http");
        }
        return new WebhookAddress(uri);
    }

    private static SettingsException wrong(String says) {
        return new SettingsException(List.of("--to: " + says));
    }

    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** Without path and query. */
    @Override
    public String toString() {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }
}
