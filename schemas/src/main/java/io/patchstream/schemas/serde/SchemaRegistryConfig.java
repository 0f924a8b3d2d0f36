package io.patchstream.schemas.serde;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Where the schema registry is and how to speak to it. Keys are Confluent's, each with or without {@code schema.registry.}
 * in front; TLS is {@code schema.registry.ssl.*} with what Kafka's clients take after it, PEM included.
 *
 * @param endpoints the registries of {@code schema.registry.url}, the first tried first
 * @param tls what to trust and to show, for {@code https}; empty: the JDK's defaults
 * @param requestTimeout for one answer of one registry ({@code schema.registry.request.timeout.ms})
 * @param maxRetries how often the whole list is tried again ({@code max.retries})
 * @param retryWait how long to wait before the first retry, doubled at each ({@code retries.wait.ms})
 * @param maxRetryWait where the doubling ends ({@code retries.max.wait.ms})
 */
public record SchemaRegistryConfig(
        List<Endpoint> endpoints,
        Optional<SSLContext> tls,
        Duration requestTimeout,
        int maxRetries,
        Duration retryWait,
        Duration maxRetryWait) {
    static final String PREFIX = "schema.registry.";
    static final String URL = PREFIX + "url";
    static final String REQUEST_TIMEOUT = PREFIX + "request.timeout.ms";
    static final String BASIC_SOURCE = "basic.auth.credentials.source";
    static final String BASIC_USER_INFO = "basic.auth.user.info";
    static final String BEARER_SOURCE = "bearer.auth.credentials.source";
    static final String BEARER_TOKEN = "bearer.auth.token";
    static final String MAX_RETRIES = "max.retries";
    static final String RETRIES_WAIT = "retries.wait.ms";
    static final String RETRIES_MAX_WAIT = "retries.max.wait.ms";

    private static final String SSL = PREFIX + "ssl.";
    private static final List<String> MAY_HAVE_PREFIX = List.of(
            BASIC_SOURCE, BASIC_USER_INFO, BEARER_SOURCE, BEARER_TOKEN, MAX_RETRIES, RETRIES_WAIT, RETRIES_MAX_WAIT);

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    URL,
                    Type.LIST,
                    Importance.HIGH,
                    "The registries, separated by commas; the first that answers is used.")
            .define(
                    REQUEST_TIMEOUT,
                    Type.LONG,
                    10_000L,
                    Range.atLeast(1),
                    Importance.LOW,
                    "How long one answer may take.")
            .define(
                    BASIC_SOURCE,
                    Type.STRING,
                    "URL",
                    Importance.MEDIUM,
                    "Where user and password are: URL or USER_INFO.")
            .define(BASIC_USER_INFO, Type.PASSWORD, null, Importance.MEDIUM, "user:password, for USER_INFO.")
            .define(BEARER_SOURCE, Type.STRING, null, Importance.MEDIUM, "Where the token is: STATIC_TOKEN.")
            .define(BEARER_TOKEN, Type.PASSWORD, null, Importance.MEDIUM, "The token, for STATIC_TOKEN.")
            .define(MAX_RETRIES, Type.INT, 3, Range.atLeast(0), Importance.LOW, "How often the list is tried again.")
            .define(
                    RETRIES_WAIT,
                    Type.LONG,
                    1_000L,
                    Range.atLeast(0),
                    Importance.LOW,
                    "The wait before the first retry.")
            .define(RETRIES_MAX_WAIT, Type.LONG, 20_000L, Range.atLeast(0), Importance.LOW, "The longest wait.");

    /**
     * One registry.
     *
     * @param base its address without credentials and without a slash at the end
     * @param authorization the header that it wants, if any
     */
    public record Endpoint(URI base, Optional<Password> authorization) {}

    public SchemaRegistryConfig {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * Reads the settings of a registry out of a client's properties and leaves the others alone.
     *
     * @throws ConfigException if a setting is missing or wrong; its message holds no credentials
     */
    public static SchemaRegistryConfig parse(Map<String, ?> configs) {
        Map<String, Object> given = new HashMap<>(configs);
        for (String key : MAY_HAVE_PREFIX) {
            if (configs.containsKey(PREFIX + key)) {
                given.put(key, configs.get(PREFIX + key));
            }
        }
        Map<String, Object> values = DEFINITION.parse(given);
        Optional<Password> authorization = authorization(values);
        List<Endpoint> endpoints = new ArrayList<>();
        for (Object url : (List<?>) values.get(URL)) {
            endpoints.add(endpoint((String) url, authorization));
        }
        if (endpoints.isEmpty()) {
            throw new ConfigException("Missing required configuration \"" + URL + "\": it is empty");
        }
        return new SchemaRegistryConfig(
                endpoints,
                tls(configs),
                Duration.ofMillis((Long) values.get(REQUEST_TIMEOUT)),
                (Integer) values.get(MAX_RETRIES),
                Duration.ofMillis((Long) values.get(RETRIES_WAIT)),
                Duration.ofMillis((Long) values.get(RETRIES_MAX_WAIT)));
    }

    private static Optional<Password> authorization(Map<String, Object> values) {
        String bearerSource = (String) values.get(BEARER_SOURCE);
        if (bearerSource != null) {
            if (!bearerSource.equals("STATIC_TOKEN")) {
                throw new ConfigException(
                        BEARER_SOURCE,
                        bearerSource,
                        "must be STATIC_TOKEN; for the others, put Confluent's own serde in this one's place");
            }
            String token = required(values, BEARER_TOKEN, BEARER_SOURCE + "=STATIC_TOKEN");
            return Optional.of(new Password("Bearer " + token));
        }
        String basicSource = (String) values.get(BASIC_SOURCE);
        return switch (basicSource) {
            case "URL" -> Optional.empty();
            case "USER_INFO" -> {
                String userInfo = required(values, BASIC_USER_INFO, BASIC_SOURCE + "=USER_INFO");
                if (userInfo.indexOf(':') < 1) {
                    throw new ConfigException(BASIC_USER_INFO, Password.HIDDEN, "must be user:password");
                }
                yield Optional.of(basic(userInfo));
            }
            default ->
                throw new ConfigException(
                        BASIC_SOURCE,
                        basicSource,
                        "must be URL or USER_INFO; for the others, put Confluent's own serde in this one's place");
        };
    }

    private static String required(Map<String, Object> values, String key, String because) {
        Password value = (Password) values.get(key);
        if (value == null || value.value().isBlank()) {
            throw new ConfigException("Missing required configuration \"" + key + "\": " + because + " needs it");
        }
        return value.value();
    }

    private static Password basic(String userInfo) {
        byte[] bytes = userInfo.getBytes(StandardCharsets.UTF_8);
        return new Password("Basic " + Base64.getEncoder().encodeToString(bytes));
    }

    private static Endpoint endpoint(String url, Optional<Password> configured) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            // Neither the address nor the cause is shown: a password with a stray character is what makes this happen.
            throw new ConfigException("Invalid value for configuration " + URL
                    + ": an entry is not a URL (percent-encode what is special in user and password)");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
            throw new ConfigException(
                    URL, withoutCredentials(url), "each entry must be http://host:port or https://host:port");
        }
        Optional<Password> inUrl = Optional.ofNullable(uri.getRawUserInfo())
                .map(raw -> basic(URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8)));
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
        return new Endpoint(URI.create(scheme + "://" + uri.getHost() + port + path), configured.or(() -> inUrl));
    }

    private static String withoutCredentials(String url) {
        return url.substring(url.lastIndexOf('@') + 1);
    }

    private static Optional<SSLContext> tls(Map<String, ?> configs) {
        Map<String, Object> given = new HashMap<>();
        configs.forEach((key, value) -> {
            if (key.startsWith(SSL)) {
                given.put(key.substring(PREFIX.length()), value);
            }
        });
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Object check = given.getOrDefault(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "https");
        if (!String.valueOf(check).equalsIgnoreCase("https")) {
            throw new ConfigException(
                    PREFIX + SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG,
                    check,
                    "must be https: the registry's certificate has to carry its host name");
        }
        ConfigDef definition = new ConfigDef();
        SslConfigs.addClientSslSupport(definition);
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(definition.parse(given));
            return Optional.of(factory.sslContext());
        } catch (KafkaException e) {
            ConfigException wrong =
                    new ConfigException("Invalid value for configuration " + SSL + "*: " + e.getMessage()
                            + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
            wrong.initCause(e);
            throw wrong;
        }
    }
}
