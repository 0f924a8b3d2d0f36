package io.patchstream.stream.settings;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Values that stand elsewhere, written as Kafka's configuration providers have it: <code>${file:/path:key}</code> for a
 * key of a properties file, <code>${directory:/path:file}</code> for a whole file, <code>${env:NAME}</code> for an
 * environment variable. A secret then stands in no command line, no settings file and no output.
 *
 * <p>What is not of this form, such as <code>${java.io.tmpdir}</code>, is left alone. Used by one thread.
 */
public final class References implements AutoCloseable {
    /** Shorter ones and numbers are no secrets, and hiding them would make messages unreadable. */
    private static final int LEAST_SECRET = 4;

    private final Map<String, ConfigProvider> providers = new TreeMap<>(Map.of(
            "file", new FileConfigProvider(),
            "directory", new DirectoryConfigProvider(),
            "env", new EnvVarConfigProvider()));

    /** What was read, and the reference that it was read by. */
    private final Map<String, String> read = new HashMap<>();

    References(Map<String, String> environment) {
        // Its own constructor would read the environment of the process, not the one that the loader was given.
        providers.put("env", new EnvVarConfigProvider(environment));
        providers.values().forEach(provider -> provider.configure(Map.of()));
    }

    /**
     * A text that is no setting, such as a camera's address, with its references replaced.
     *
     * @throws IllegalArgumentException when something is not there; the message has the reference and no secret
     */
    public static String resolved(String text, Map<String, String> environment) {
        try (References references = new References(environment)) {
            return references.resolve(text, Set.of());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("it must be " + e.getMessage(), e);
        }
    }

    /**
     * The value with its references replaced.
     *
     * @param left names of providers whose references stay, since Kafka's clients will resolve them
     * @throws IllegalArgumentException when something is not there; the message goes on from "it must be"
     */
    String resolve(String value, Set<String> left) {
        return ConfigTransformer.DEFAULT_PATTERN.matcher(value).replaceAll(reference -> {
            String name = reference.group(1);
            return Matcher.quoteReplacement(
                    providers.containsKey(name) && !left.contains(name) ? look(reference) : reference.group());
        });
    }

    private String look(MatchResult reference) {
        String path = reference.group(3) == null ? "" : reference.group(3);
        String key = reference.group(4);
        String found;
        try {
            found = providers
                    .get(reference.group(1))
                    .get(path, Set.of(key))
                    .data()
                    .get(key);
        } catch (KafkaException e) {
            throw new IllegalArgumentException(
                    "something that can be read: " + reference.group() + " cannot (" + e.getMessage() + ")", e);
        }
        if (found == null) {
            throw new IllegalArgumentException("something that is there: " + reference.group() + " names nothing"
                    + (reference.group(1).equals("env") ? ", for this terminal's environment has no " + key : ""));
        }
        // A file that was written with an editor or echo ends with a new line, and no password does.
        String value = reference.group(1).equals("directory") ? found.stripTrailing() : found;
        if (value.length() >= LEAST_SECRET && !value.matches("[0-9.]+")) {
            read.put(value, reference.group());
        }
        return value;
    }

    /** The message with whatever was read by a reference replaced by that reference. */
    String hide(String message) {
        String hidden = message;
        for (Map.Entry<String, String> secret : read.entrySet()) {
            hidden = hidden.replace(secret.getKey(), secret.getValue());
        }
        return hidden;
    }

    @Override
    public void close() {
        for (ConfigProvider provider : providers.values()) {
            try {
                provider.close();
            } catch (IOException e) {
                throw new IllegalStateException("Kafka's own providers hold nothing that could fail to close", e);
            }
        }
    }
}
