package io.patchstream.stream.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.patchstream.stream.run.ProcessorFailedException;
import io.patchstream.stream.run.StreamProcessor;
import io.patchstream.stream.security.TokenIssuer.Fault;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topology.FakeEngine;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A processor that shows signed tokens (OAUTHBEARER) to a broker that knows their issuer, over TLS, with an authorizer. */
class TokensIT {
    /** Without it, Kafka's clients and brokers ask no address for tokens or keys. */
    private static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    private static final String SECRET = "token-secret-1618";

    @TempDir
    private static Path folder;

    @TempDir
    private Path secrets;

    private static TokenIssuer issuer;
    private static GuardedKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        issuer = new TokenIssuer();
        System.setProperty(ALLOWED, issuer.tokenUrl() + "," + issuer.jwksUrl());
        kafka = GuardedKafka.withTokens(folder, issuer);
    }

    @AfterAll
    static void stop() {
        kafka.close();
        issuer.close();
        System.clearProperty(ALLOWED);
    }

    private static Map<String, String> values(String name, String client, String secret) {
        Map<String, String> values = kafka.settings(name, kafka.token(issuer, client, secret));
        values.put("input.overload", "drop-late");
        values.put("input.max.age", "1h");
        return values;
    }

    private static Throwable refusal(Map<String, String> values) {
        try (FakeEngine engine = FakeEngine.instant();
                StreamProcessor processor = StreamProcessor.start(Settings.of(values), engine)) {
            throw new AssertionError("it starts: " + processor.state());
        } catch (ProcessorFailedException e) {
            return e;
        }
    }

    @Test
    void shouldLabelByATokenWithExactlyTheLeastRights() throws Exception {
        issuer.knows("eye", SECRET, Fault.NONE);
        Path file = GuardedKafka.secret(secrets, "password", SECRET);
        Map<String, String> values = values("tokens", "eye", "${file:" + file + ":password}");
        SecurityIT.makeTopics(kafka, values);
        SecurityIT.send(kafka, values);
        assertThat(SecurityIT.run(kafka, values, 1))
                .as("known, and allowed nothing")
                .isPresent();

        try (Admin admin = kafka.admin()) {
            admin.createAcls(SecurityIT.acls(values, "User:eye")).all().get();
        }
        assertThat(SecurityIT.run(kafka, values, 1)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldBeRefusedWithAWrongToken(Fault fault) {
        String client = "eye-" + fault;
        issuer.knows(client, SECRET, fault);
        assertThat(refusal(values("wrong", client, SECRET))).hasRootCauseInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void shouldSayThatTheIssuerRefusesItsSecret() {
        issuer.knows("eye", SECRET, Fault.NONE);
        assertThat(refusal(values("wrong", "eye", "no-secret")))
                .hasStackTraceContaining("401")
                .hasMessageContaining("Kafka Streams does not start: ");
    }

    @Test
    void shouldSayThatAnAddressIsNotAllowed() {
        String allowed = System.clearProperty(ALLOWED);
        try {
            assertThatThrownBy(() -> {
                        throw refusal(values("wrong", "eye", SECRET));
                    })
                    .hasStackTraceContaining(ALLOWED);
        } finally {
            System.setProperty(ALLOWED, allowed);
        }
    }
}
