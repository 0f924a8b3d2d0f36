package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.stream.settings.UiSettings;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may come in. A name in the {@code Host} header that is not ours means that somebody's name server points at us (DNS
 * rebinding); addresses cannot be pointed elsewhere. All but the page itself takes the token. From any thread.
 */
final class Doorkeeper {
    private static final int TOKEN_BYTES = 18;
    private static final String BEARER = "Bearer ";
    private static final Pattern PORT = Pattern.compile(":[0-9]+$");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+]");

    private final Set<String> names = new HashSet<>(Set.of("localhost"));
    private final String token;

    Doorkeeper(UiSettings settings) {
        names.add(settings.host().toLowerCase(Locale.ROOT));
        settings.names().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        token = settings.token().isEmpty() ? fresh() : settings.token();
    }

    private static String fresh() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    String token() {
        return token;
    }

    /** Whether a request's {@code Host} is one of ours; null is not. */
    boolean isOurs(String host) {
        if (host == null) {
            return false;
        }
        String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
        return names.contains(name) || ADDRESS.matcher(name).matches();
    }

    /** Whether an {@code Authorization} header carries the token; null does not. */
    boolean knowsToken(String authorization) {
        return authorization != null
                && authorization.startsWith(BEARER)
                && MessageDigest.isEqual(
                        authorization.substring(BEARER.length()).getBytes(UTF_8), token.getBytes(UTF_8));
    }
}
