package io.patchstream.stream.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Keys and certificates, made by the JDK's keytool for one run: an authority of its own, and what it signs. Stores are
 * PKCS12.
 */
public final class Keys {
    static final String PASSWORD = "store-secret-0451";
    private static final String AUTHORITY = "authority";

    private final Path folder;

    /** Makes the authority. */
    public Keys(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        keytool(AUTHORITY, "-genkeypair", "-keyalg", "EC", "-dname", "CN=authority", "-ext", "bc:c");
        Files.writeString(trusted(), keytool(AUTHORITY, "-exportcert", "-rfc"));
    }

    /** The authority's certificate, as PEM. */
    public Path trusted() {
        return folder.resolve("authority.pem");
    }

    /** A store with a key called {@code name}, its certificate for this machine signed by the authority. */
    public Path signed(String name) throws IOException, InterruptedException {
        keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name);
        Path request = folder.resolve(name + ".csr");
        Path certificate = folder.resolve(name + ".pem");
        keytool(name, "-certreq", "-file", request.toString());
        keytool(
                AUTHORITY,
                "-gencert",
                "-rfc",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString());
        Files.writeString(certificate, Files.readString(certificate) + Files.readString(trusted()));
        keytool(
                name,
                "-importcert",
                "-noprompt",
                "-trustcacerts",
                "-file",
                trusted().toString(),
                "-alias",
                AUTHORITY);
        keytool(name, "-importcert", "-noprompt", "-file", certificate.toString(), "-alias", name);
        return store(name);
    }

    /** What a server shows that has the store of {@link #signed}. */
    public static SSLContext context(Path store) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private Path store(String name) {
        return folder.resolve(name + ".p12");
    }

    private String keytool(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store(name).toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        if (!List.of(arguments).contains("-alias")) {
            command.addAll(List.of("-alias", name));
        }
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said);
        }
        return said;
    }
}
