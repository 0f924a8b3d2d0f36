package io.patchstream.stream.settings;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Hosts that an operator allows, {@code host} or {@code host:port}; one without a port allows the scheme's own port only.
 *
 * @param entries as the settings have them
 */
public record Hosts(List<String> entries) {
    private static final String ENTRY = "[A-Za-z0-9.-]+(:[0-9]{1,5})?|\\[[0-9a-fA-F:]+](:[0-9]{1,5})?";

    public Hosts {
        entries = List.copyOf(entries);
    }

    /** Whether a text may be an entry. */
    static boolean isEntry(String text) {
        return text.matches(ENTRY);
    }

    /** The entry that allows an address of {@code http:} or {@code https:}; empty when none does, or it has a login in it. */
    public Optional<String> allowing(URI uri) {
        String host = uri.getHost();
        return host == null || uri.getRawUserInfo() != null
                ? Optional.empty()
                : entries.stream()
                        .filter(entry -> entry.equalsIgnoreCase(host + ":" + port(uri))
                                || (uri.getPort() < 0 && entry.equalsIgnoreCase(host)))
                        .findFirst();
    }

    /** The port of an address, or its scheme's. */
    public static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }
}
