package io.patchstream.stream.security;

import io.patchstream.local.LocalKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * A broker behind TLS with Kafka's own authorizer, which allows nobody anything but the administrator: SASL (SCRAM-SHA-512
 * and PLAIN), or certificates on both sides. The controller's own port, on loopback, takes the broker as ANONYMOUS.
 */
final class GuardedKafka implements AutoCloseable {
    private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.";
    static final String ADMIN_PASSWORD = "admin-secret-7431";

    /** How a client says who it is. */
    record Login(Map<String, String> clientConfig) {}

    private final LocalKafka kafka;
    private final Keys keys;
    private final Login admin;

    private GuardedKafka(LocalKafka kafka, Keys keys, Login admin) {
        this.kafka = kafka;
        this.keys = keys;
        this.admin = admin;
    }

    /** SASL over TLS. */
    static GuardedKafka withSasl(Path folder) throws Exception {
        Keys keys = new Keys(folder);
        Map<String, String> overrides = new HashMap<>(tls(keys));
        String listener = "listener.name.sasl_ssl.";
        overrides.put(listener + "sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
        overrides.put(
                listener + "plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\""
                        + ADMIN_PASSWORD + "\" user_admin=\"" + ADMIN_PASSWORD
                        + "\" user_plain=\"plain-secret-2718\";");
        overrides.put(
                listener + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        overrides.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        overrides.put("super.users", "User:admin;User:ANONYMOUS");
        return start(keys, SecurityProtocol.SASL_SSL, overrides, new Login(plain(keys, "admin", ADMIN_PASSWORD)));
    }

    /** Tokens of {@code issuer} over TLS; the administrator is known by a password. */
    static GuardedKafka withTokens(Path folder, TokenIssuer issuer) throws Exception {
        Keys keys = new Keys(folder);
        Map<String, String> overrides = new HashMap<>(tls(keys));
        String listener = "listener.name.sasl_ssl.";
        overrides.put(listener + "sasl.enabled.mechanisms", "PLAIN,OAUTHBEARER");
        overrides.put(
                listener + "plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\""
                        + ADMIN_PASSWORD + "\" user_admin=\"" + ADMIN_PASSWORD + "\";");
        overrides.put(listener + "oauthbearer.sasl.jaas.config", OAUTH + "OAuthBearerLoginModule required;");
        overrides.put(
                listener + "oauthbearer.sasl.server.callback.handler.class",
                OAUTH + "OAuthBearerValidatorCallbackHandler");
        overrides.put(listener + "oauthbearer.sasl.oauthbearer.jwks.endpoint.url", issuer.jwksUrl());
        overrides.put(listener + "oauthbearer.sasl.oauthbearer.expected.audience", TokenIssuer.AUDIENCE);
        overrides.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        overrides.put("super.users", "User:admin;User:ANONYMOUS");
        return start(keys, SecurityProtocol.SASL_SSL, overrides, new Login(plain(keys, "admin", ADMIN_PASSWORD)));
    }

    /** Who asks {@code issuer} for tokens by an id and a secret. */
    Login token(TokenIssuer issuer, String client, String secret) {
        Map<String, String> config = new HashMap<>(trust(keys));
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "OAUTHBEARER");
        config.put("sasl.login.callback.handler.class", OAUTH + "OAuthBearerLoginCallbackHandler");
        config.put("sasl.oauthbearer.token.endpoint.url", issuer.tokenUrl());
        config.put("sasl.oauthbearer.client.credentials.client.id", client);
        config.put("sasl.oauthbearer.client.credentials.client.secret", secret);
        config.put("sasl.jaas.config", OAUTH + "OAuthBearerLoginModule required;");
        return new Login(config);
    }

    /** TLS with certificates on both sides: a client is who its certificate says. */
    static GuardedKafka withCertificates(Path folder) throws Exception {
        Keys keys = new Keys(folder);
        Map<String, String> overrides = new HashMap<>(tls(keys));
        overrides.put("listener.name.ssl.ssl.client.auth", "required");
        overrides.put("super.users", "User:CN=broker;User:CN=admin;User:ANONYMOUS");
        return start(keys, SecurityProtocol.SSL, overrides, new Login(certificate(keys, "admin")));
    }

    private static Map<String, String> tls(Keys keys) throws IOException, InterruptedException {
        return Map.of(
                "ssl.keystore.location",
                keys.signed("broker").toString(),
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.password",
                Keys.PASSWORD,
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                keys.trusted().toString(),
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    }

    private static GuardedKafka start(
            Keys keys, SecurityProtocol protocol, Map<String, String> overrides, Login admin) {
        LocalKafka.Options options = LocalKafka.Options.defaults().withClientProtocol(protocol);
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            options = options.withBrokerOverride(override.getKey(), override.getValue());
        }
        return new GuardedKafka(LocalKafka.start(options), keys, admin);
    }

    /** A user with a password, by SCRAM-SHA-512. */
    Login scram(String user, String password) throws Exception {
        try (Admin client = admin()) {
            client.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
                    .all()
                    .get();
        }
        Map<String, String> config = new HashMap<>(trust(keys));
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "SCRAM-SHA-512");
        config.put("sasl.jaas.config", jaas("scram.ScramLoginModule", user, password));
        return new Login(config);
    }

    /** A user with a password, by PLAIN; the broker knows {@code plain}. */
    Login plain(String user, String password) {
        return new Login(plain(keys, user, password));
    }

    private static Map<String, String> plain(Keys keys, String user, String password) {
        Map<String, String> config = new HashMap<>(trust(keys));
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "PLAIN");
        config.put("sasl.jaas.config", jaas("plain.PlainLoginModule", user, password));
        return config;
    }

    /** Who has a certificate of the authority with {@code CN=name}. */
    Login certificate(String name) throws IOException, InterruptedException {
        return new Login(certificate(keys, name));
    }

    private static Map<String, String> certificate(Keys keys, String name) throws IOException, InterruptedException {
        Map<String, String> config = new HashMap<>(trust(keys));
        config.put("security.protocol", "SSL");
        config.put("ssl.keystore.location", keys.signed(name).toString());
        config.put("ssl.keystore.type", "PKCS12");
        config.put("ssl.keystore.password", Keys.PASSWORD);
        return config;
    }

    private static Map<String, String> trust(Keys keys) {
        return Map.of(
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                keys.trusted().toString());
    }

    static String jaas(String module, String user, String password) {
        return "org.apache.kafka.common.security." + module + " required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    /** Who may do everything; the caller closes it. */
    Admin admin() {
        return Admin.create(client(admin));
    }

    /** A client's configuration with that login. */
    Map<String, Object> client(Login login) {
        Map<String, Object> config = new HashMap<>(login.clientConfig());
        config.put("bootstrap.servers", kafka.bootstrapServers());
        return config;
    }

    Keys keys() {
        return keys;
    }

    Login administrator() {
        return admin;
    }

    /** A processor's settings with a login, topics and a group of its own. */
    Map<String, String> settings(String name, Login login) {
        Map<String, String> values = new HashMap<>();
        login.clientConfig().forEach((key, value) -> values.put("kafka." + key, value));
        values.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        values.put("schema.registry.url", kafka.registryUrl());
        values.put("application.id", name);
        values.put("input.topics", name + ".frames");
        values.put("input.format", "image");
        values.put("output.labels", name + ".labels");
        values.put("output.embeddings", name + ".embeddings");
        values.put("output.dead-letters", name + ".dead-letters");
        values.put("output.drops", name + ".drops");
        values.put("topics.partitions", "1");
        values.put("topics.auto.create", "false");
        values.put("threads", "1");
        values.put("commit.interval", "50ms");
        values.put("restarts", "0");
        return values;
    }

    /** Writes a secret where only its reader looks. */
    static Path secret(Path folder, String key, String value) throws IOException {
        return Files.writeString(folder.resolve(key + ".properties"), key + "=" + value + "\n");
    }

    @Override
    public void close() {
        kafka.close();
    }
}
