package io.patchstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRegistryConfigTest {
    @Test
    void shouldTakeConfluentsDefaults() {
        SchemaRegistryConfig config = parse(Map.of());

        assertThat(config.endpoints())
                .extracting(SchemaRegistryConfig.Endpoint::base)
                .containsExactly(URI.create("http://localhost:8081"));
        assertThat(config.tls()).isEmpty();
        assertThat(config.maxRetries()).isEqualTo(3);
        assertThat(config.retryWait()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldTakeAListAsAClientsPropertiesMayHoldOne() {
        SchemaRegistryConfig config =
                parse(Map.of("schema.registry.url", List.of("http://a:1/", "https://b/apis/ccompat/v7/")));

        assertThat(config.endpoints())
                .extracting(endpoint -> endpoint.base().toString())
                .containsExactly("http://a:1", "https://b/apis/ccompat/v7");
    }

    @Test
    void shouldMissTheUrl() {
        assertThatThrownBy(() -> SchemaRegistryConfig.parse(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
        assertThatThrownBy(() -> parse(Map.of("schema.registry.url", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
    }

    @ParameterizedTest
    @CsvSource({
        "schema.registry.url, mock://tests, http://host:port",
        "schema.registry.url, localhost:8081, http://host:port",
        "schema.registry.request.timeout.ms, soon, schema.registry.request.timeout.ms",
        "schema.registry.request.timeout.ms, 0, at least 1",
        "max.retries, -1, at least 0",
        "basic.auth.credentials.source, SASL_INHERIT, URL or USER_INFO",
        "basic.auth.credentials.source, USER_INFO, basic.auth.user.info",
        "bearer.auth.credentials.source, OAUTHBEARER, STATIC_TOKEN",
        "bearer.auth.credentials.source, STATIC_TOKEN, bearer.auth.token",
        "schema.registry.ssl.endpoint.identification.algorithm, '', must be https",
        "schema.registry.ssl.truststore.location, /no/such/file.jks, /no/such/file.jks",
        "schema.registry.ssl.truststore.type, NONESUCH, schema.registry.ssl"
    })
    void shouldSayWhichSettingIsWrong(String key, String value, String expected) {
        Map<String, Object> settings = new HashMap<>(Map.of(key, value));
        if (key.endsWith("truststore.type")) {
            settings.put("schema.registry.ssl.truststore.location", "pom.xml");
        }

        assertThatThrownBy(() -> parse(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "schema.registry.url, http://ann:s3cret@{bad}:1",
        "schema.registry.url, ftp://ann:s3cret@host",
        "schema.registry.url, http://ann:s3cret@",
        "basic.auth.user.info, s3cret"
    })
    void shouldNeverShowAPassword(String key, String value) {
        Map<String, Object> settings = new HashMap<>(Map.of("basic.auth.credentials.source", "USER_INFO"));
        settings.put("basic.auth.user.info", "ann:other");
        settings.put(key, value);

        assertThatThrownBy(() -> parse(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void shouldNotShowCredentialsInItsOwnText() {
        assertThat(parse(Map.of("schema.registry.url", "http://ann:s3cret@host"))
                        .toString())
                .contains("http://host")
                .doesNotContain("s3cret")
                .doesNotContain("YW5u");
    }

    private static SchemaRegistryConfig parse(Map<String, ?> settings) {
        Map<String, Object> config = new HashMap<>();
        config.put("schema.registry.url", "http://localhost:8081");
        config.putAll(settings);
        return SchemaRegistryConfig.parse(config);
    }
}
