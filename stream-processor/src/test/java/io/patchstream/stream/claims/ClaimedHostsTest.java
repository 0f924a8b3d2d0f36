package io.patchstream.stream.claims;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.security.Keys;
import io.patchstream.stream.settings.ClaimSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a name leads to, on this machine's loopback, which no public name may lead to. */
@Timeout(60)
class ClaimedHostsTest {
    private static final byte[] PAYLOAD = "a picture".getBytes(UTF_8);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir
    private Path folder;

    private Duration patience = Duration.ofSeconds(15);
    private HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void tearDown() {
        threads.shutdownNow();
        if (server != null) {
            server.stop(0);
        }
    }

    private int serve(HttpServer given) {
        server = given;
        server.createContext("/", exchange -> {
            int status = requests.incrementAndGet() == 1
                            && exchange.getRequestURI().getPath().equals("/flaky")
                    ? 503
                    : 200;
            exchange.sendResponseHeaders(status, PAYLOAD.length);
            exchange.getResponseBody().write(PAYLOAD);
            exchange.close();
        });
        server.start();
        return server.getAddress().getPort();
    }

    private int serve() throws Exception {
        return serve(HttpServer.create(new InetSocketAddress(HERE, 0), 0));
    }

    private ClaimedHosts hosts(List<String> allowed, List<String> networks, Reachable.Names names) {
        return hosts(allowed, networks, names, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private ClaimedHosts hosts(
            List<String> allowed, List<String> networks, Reachable.Names names, SSLSocketFactory sockets) {
        ClaimSettings settings = new ClaimSettings(List.of(), allowed, networks, 100, patience);
        return new ClaimedHosts(settings, names, sockets, threads);
    }

    private static Rejected rejected(ClaimedHosts hosts, String uri) {
        return catchThrowableOfType(
                        RejectedFrameException.class,
                        () -> hosts.get(URI.create(uri), uri.startsWith("https"), PAYLOAD.length))
                .rejected();
    }

    @Test
    void shouldNotCallANameThatLeadsToThisMachine() throws Exception {
        int port = serve();
        ClaimedHosts hosts = hosts(List.of("files.example:" + port), List.of(), name -> new InetAddress[] {HERE});

        Rejected rejected = rejected(hosts, "http://files.example:" + port + "/a.jpg");

        assertThat(rejected.code()).isEqualTo("CLAIM_NOT_ALLOWED");
        assertThat(rejected.message()).contains("files.example leads to 127.0.0.1");
        assertThat(requests).hasValue(0);
    }

    @Test
    void shouldCallTheAddressThatItLookedAtAndNotAskAgain() throws Exception {
        int port = serve();
        AtomicInteger asked = new AtomicInteger();
        // The second answer is another machine's: who asks twice gets a connection that was not looked at.
        ClaimedHosts hosts = hosts(List.of("files.example:" + port), List.of("127.0.0.1/32"), name -> {
            if (asked.incrementAndGet() > 1) {
                throw new UnknownHostException("asked again");
            }
            return new InetAddress[] {HERE};
        });

        byte[] bytes = hosts.get(URI.create("http://files.example:" + port + "/a.jpg"), false, PAYLOAD.length);

        assertThat(bytes).isEqualTo(PAYLOAD);
        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldLookAgainAtEachAttempt() throws Exception {
        int port = serve();
        AtomicInteger asked = new AtomicInteger();
        InetAddress inside = InetAddress.getByName("10.0.0.1");
        ClaimedHosts hosts = hosts(List.of("files.example:" + port), List.of("127.0.0.1/32"), name ->
                new InetAddress[] {asked.incrementAndGet() == 1 ? HERE : inside});

        Rejected rejected = rejected(hosts, "http://files.example:" + port + "/flaky");

        assertThat(rejected.code()).isEqualTo("CLAIM_NOT_ALLOWED");
        assertThat(rejected.message()).contains("10.0.0.1");
        assertThat(requests).hasValue(1);
    }

    @Test
    void shouldTryTheNextAddress() throws Exception {
        int port = serve();
        InetAddress nobody = InetAddress.getByName("127.0.0.2");
        ClaimedHosts hosts = hosts(
                List.of("files.example:" + port), List.of("127.0.0.0/8"), name -> new InetAddress[] {nobody, HERE});

        assertThat(hosts.get(URI.create("http://files.example:" + port), false, PAYLOAD.length))
                .isEqualTo(PAYLOAD);
    }

    @Test
    void shouldNotWaitForANameServerThatHangs() throws Exception {
        patience = Duration.ofMillis(1500);
        int port = serve();
        CountDownLatch never = new CountDownLatch(1);
        ClaimedHosts hosts = hosts(List.of("hangs.example", "127.0.0.1:" + port), List.of(), name -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(name);
        });

        assertThat(rejected(hosts, "http://hangs.example/a.jpg").code()).isEqualTo("CLAIM_UNREACHABLE");
        assertThat(hosts.get(URI.create("http://127.0.0.1:" + port), false, PAYLOAD.length))
                .isEqualTo(PAYLOAD);
    }

    @Test
    void shouldHoldTheCertificateAgainstTheNameWhateverTheAddress() throws Exception {
        Keys keys = new Keys(folder);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(HERE, 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(Keys.context(keys.signed("files"))));
        int port = serve(secure);
        ClaimedHosts hosts = hosts(
                List.of("localhost:" + port, "files.example:" + port, "127.0.0.1:" + port),
                List.of("127.0.0.0/8"),
                name -> new InetAddress[] {HERE},
                trusting(keys.trusted()));

        assertThat(hosts.get(URI.create("https://localhost:" + port + "/a.jpg"), true, PAYLOAD.length))
                .isEqualTo(PAYLOAD);
        assertThat(hosts.get(URI.create("https://127.0.0.1:" + port + "/a.jpg"), true, PAYLOAD.length))
                .isEqualTo(PAYLOAD);
        Rejected other = rejected(hosts, "https://files.example:" + port + "/a.jpg");
        assertThat(other.code()).isEqualTo("CLAIM_UNREACHABLE");
        assertThat(other.message()).contains("No subject alternative DNS name matching files.example");
        assertThat(requests).hasValue(2);
    }

    private static SSLSocketFactory trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }
}
