package io.patchstream.stream.settings;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What of a setting may be shown: not what is secret by its key, and not the credentials inside an address. */
public final class Secrets {
    private static final String MASK = "********";
    private static final List<String> KEYS =
            List.of("password", "secret", "jaas", "user.info", "token", "credential", "ssl.keystore.key");

    /**
     * From the scheme to the last {@code @} before the next address: a password that should have been percent-encoded may
     * hold a comma, a slash or another {@code @}.
     */
    private static final Pattern IN_ADDRESS = Pattern.compile("://(?:(?!://).)*@", Pattern.DOTALL);

    /** A value that is nothing but a reference tells where the secret is, and not what it is. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(?:file|directory|env):[^${}]*}");

    private Secrets() {}

    /** The value of {@code key} as it may be printed. */
    public static String masked(String key, String value) {
        String lower = key.toLowerCase(Locale.ROOT);
        boolean secret = !value.isEmpty()
                && KEYS.stream().anyMatch(lower::contains)
                && !REFERENCE.matcher(value).matches();
        return secret ? MASK : withoutCredentials(value);
    }

    /** The text without what stands between {@code ://} and {@code @}. */
    public static String withoutCredentials(String text) {
        return IN_ADDRESS.matcher(text).replaceAll("://" + MASK + "@");
    }

    /** The values as they may be printed. */
    static Map<String, String> masked(Map<String, String> values) {
        Map<String, String> printable = new TreeMap<>(values);
        printable.replaceAll(Secrets::masked);
        return printable;
    }
}
