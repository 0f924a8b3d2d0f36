package io.patchstream.stream.operate;

import io.patchstream.schemas.serde.HttpSchemaRegistry;
import io.patchstream.schemas.serde.SchemaRegistryConfig;
import io.patchstream.schemas.serde.SchemaRegistryException;
import io.patchstream.stream.settings.Secrets;
import io.patchstream.stream.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/** The schema registry: whether it answers this login. */
final class RegistryCheck {
    private static final Set<Integer> NOT_THERE = Set.of(404, 40401, 40402);

    private RegistryCheck() {}

    static Finding check(Settings settings) {
        Map<String, Object> config = new HashMap<>(settings.serde().config());
        // Whoever asks a doctor does not want to wait for four tries.
        config.put("max.retries", 0);
        String url = Secrets.withoutCredentials(settings.serde().config().getOrDefault("schema.registry.url", "none"));
        String subject = settings.output().labels() + "-value";
        try {
            int id = new HttpSchemaRegistry(SchemaRegistryConfig.parse(config))
                    .latest(subject)
                    .id();
            return Finding.ok("registry", url + " answers; " + subject + " has schema " + id);
        } catch (SchemaRegistryException e) {
            return NOT_THERE.contains(e.errorCode())
                    ? Finding.ok("registry", url + " answers; " + subject + " is registered with the first label")
                    : Finding.fail(
                            "registry",
                            url + " refuses: " + e.getMessage(),
                            "set basic.auth.credentials.source and basic.auth.user.info, or bearer.auth.*"
                                    + " (docs/security.md)");
        } catch (KafkaException e) {
            return Finding.fail(
                    "registry",
                    url + ": " + Secrets.withoutCredentials(String.valueOf(e.getMessage())),
                    "set schema.registry.url, and schema.registry.ssl.* where it is https; here: ./patchstream local");
        }
    }
}
