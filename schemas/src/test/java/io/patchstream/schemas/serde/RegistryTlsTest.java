package io.patchstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry behind TLS, with a certificate that the JDK's keytool makes for each run. */
class RegistryTlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static Path keys;
    private static Path certificate;
    private static ScriptedRegistry server;

    @BeforeAll
    static void startServer() throws Exception {
        keys = folder.resolve("keys.p12");
        certificate = folder.resolve("certificate.pem");
        keytool(
                "-genkeypair",
                "-alias",
                "registry",
                "-keyalg",
                "EC",
                "-dname",
                "CN=registry",
                "-ext",
                "san=dns:localhost");
        keytool("-exportcert", "-alias", "registry", "-rfc", "-file", certificate.toString());
        server = new ScriptedRegistry(request -> new ScriptedRegistry.Answer(200, "{\"id\":7}"), serverContext());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void shouldTrustAPemCertificateInTheSettings() throws Exception {
        assertThat(register(Map.of(
                        "schema.registry.ssl.truststore.type",
                        "PEM",
                        "schema.registry.ssl.truststore.certificates",
                        Files.readString(certificate))))
                .isEqualTo(7);
    }

    @Test
    void shouldTrustAPemFile() {
        assertThat(register(Map.of(
                        "schema.registry.ssl.truststore.type",
                        "PEM",
                        "schema.registry.ssl.truststore.location",
                        certificate.toString())))
                .isEqualTo(7);
    }

    @Test
    void shouldTrustAKeyStore() {
        assertThat(register(Map.of(
                        "schema.registry.ssl.truststore.type",
                        "PKCS12",
                        "schema.registry.ssl.truststore.location",
                        keys.toString(),
                        "schema.registry.ssl.truststore.password",
                        PASSWORD)))
                .isEqualTo(7);
    }

    @Test
    void shouldNotTrustACertificateThatNobodyNamed() {
        assertThatThrownBy(() -> register(Map.of()))
                .isInstanceOf(SchemaRegistryUnavailableException.class)
                .hasMessageContaining(server.url())
                .hasMessageContaining("SSLHandshakeException");
    }

    private static int register(Map<String, String> settings) {
        return HttpSchemaRegistryTest.registry(server.url(), settings).register("s", Records.TAG, false);
    }

    private static SSLContext serverContext() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
