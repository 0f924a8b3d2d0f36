package io.patchstream.stream.claims;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.patchstream.schemas.PayloadReference;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.settings.ClaimSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimChecksTest {
    private static final byte[] PAYLOAD = "a picture".getBytes(UTF_8);

    @TempDir
    private Path root;

    private Path folder;
    private HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    @BeforeEach
    void setUp() throws Exception {
        folder = Files.createDirectory(root.resolve("frames"));
        Files.write(folder.resolve("a.jpg"), PAYLOAD);
        Files.write(root.resolve("secret"), PAYLOAD);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/a.jpg", 200, PAYLOAD);
        serve("/missing", 404, new byte[0]);
        serve("/broken", 500, new byte[0]);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/a.jpg");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/flaky", exchange -> {
            boolean first = requests.incrementAndGet() == 1;
            exchange.sendResponseHeaders(first ? 503 : 200, first ? -1 : PAYLOAD.length);
            if (!first) {
                exchange.getResponseBody().write(PAYLOAD);
            }
            exchange.close();
        });
        server.createContext("/hangs", exchange -> {
            exchange.sendResponseHeaders(200, PAYLOAD.length);
            exchange.getResponseBody().write(PAYLOAD, 0, 1);
            exchange.getResponseBody().flush();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
    }

    private void serve(String path, int status, byte[] body) {
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void tearDown() {
        released.countDown();
        server.stop(0);
    }

    private static PayloadReference reference(String uri, byte[] payload) throws Exception {
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
        return new PayloadReference(uri, sha256, (long) payload.length);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private ByteBuffer fetch(PayloadReference reference) throws RejectedFrameException {
        return fetch(reference, List.of("127.0.0.1:" + server.getAddress().getPort()));
    }

    private ByteBuffer fetch(PayloadReference reference, List<String> hosts) throws RejectedFrameException {
        ClaimSettings settings = new ClaimSettings(List.of(folder), hosts, List.of(), 100, Duration.ofMillis(400));
        try (ClaimChecks claims = new ClaimChecks(settings)) {
            return claims.fetch(reference);
        }
    }

    private String rejection(PayloadReference reference) {
        return catchThrowableOfType(RejectedFrameException.class, () -> fetch(reference))
                .rejected()
                .code();
    }

    @Test
    void shouldFetchFromAnAllowedFolder() throws Exception {
        assertThat(fetch(reference(folder.resolve("a.jpg").toUri().toString(), PAYLOAD)))
                .isEqualTo(ByteBuffer.wrap(PAYLOAD));
    }

    @Test
    void shouldFetchFromAnAllowedHost() throws Exception {
        assertThat(fetch(reference(url("/a.jpg"), PAYLOAD))).isEqualTo(ByteBuffer.wrap(PAYLOAD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/frames/../secret", "/secret", "/frames/no-such-file", "/frames/link", "/frames"})
    void shouldNotLeaveTheFolderNorTellWhatIsThere(String path) throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), root.resolve("secret"));
        assertThat(rejection(reference("file://" + root + path, PAYLOAD))).isEqualTo("CLAIM_NOT_ALLOWED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://127.0.0.1/a.jpg",
                "a.jpg",
                "http://localhost/a.jpg",
                "http://127.0.0.1/a.jpg",
                "jar:file:/a!/b"
            })
    void shouldNotTouchWhatIsNotAllowed(String uri) throws Exception {
        assertThat(rejection(reference(uri, PAYLOAD))).isEqualTo("CLAIM_NOT_ALLOWED");
    }

    @Test
    void shouldNotSendCredentialsThatARecordNames() throws Exception {
        assertThat(rejection(reference(url("/a.jpg").replace("http://", "http://user:password@"), PAYLOAD)))
                .isEqualTo("CLAIM_NOT_ALLOWED");
    }

    @Test
    void shouldNotFollowARedirect() throws Exception {
        assertThat(rejection(reference(url("/moved"), PAYLOAD))).isEqualTo("CLAIM_UNREACHABLE");
    }

    @Test
    void shouldAllowNothingByDefault() throws Exception {
        PayloadReference reference = reference(url("/a.jpg"), PAYLOAD);
        assertThat(catchThrowableOfType(RejectedFrameException.class, () -> fetch(reference, List.of()))
                        .rejected()
                        .code())
                .isEqualTo("CLAIM_NOT_ALLOWED");
    }

    @Test
    void shouldHoldThePayloadAgainstSizeAndHash() throws Exception {
        String file = folder.resolve("a.jpg").toUri().toString();
        String sha256 = reference(file, PAYLOAD).getSha256();
        assertThat(rejection(reference(file, "b picture".getBytes(UTF_8)))).isEqualTo("CLAIM_HASH");
        assertThat(rejection(new PayloadReference(file, sha256, 8L))).isEqualTo("CLAIM_SIZE");
        assertThat(rejection(new PayloadReference(file, sha256, 10L))).isEqualTo("CLAIM_SIZE");
        assertThat(rejection(new PayloadReference(url("/a.jpg"), sha256, 8L))).isEqualTo("CLAIM_SIZE");
        assertThat(rejection(new PayloadReference(file, sha256, 101L))).isEqualTo("CLAIM_TOO_LARGE");
        assertThat(rejection(new PayloadReference(file, sha256, -1L))).isEqualTo("CLAIM_TOO_LARGE");
        assertThat(rejection(new PayloadReference("not a uri", sha256, 9L))).isEqualTo("CLAIM_URI");
    }

    @Test
    void shouldTryAgainWhenAHostIsBusyAndGiveUpInTheEnd() throws Exception {
        assertThat(fetch(reference(url("/flaky"), PAYLOAD))).isEqualTo(ByteBuffer.wrap(PAYLOAD));
        assertThat(requests).hasValue(2);
        assertThat(rejection(reference(url("/broken"), PAYLOAD))).isEqualTo("CLAIM_UNREACHABLE");
        assertThat(rejection(reference(url("/missing"), PAYLOAD))).isEqualTo("CLAIM_UNREACHABLE");
    }

    @Test
    void shouldNotWaitForABodyThatNeverEnds() throws Exception {
        assertThat(rejection(reference(url("/hangs"), PAYLOAD))).isEqualTo("CLAIM_UNREACHABLE");
    }

    @Test
    void shouldGiveUpOnAHostThatIsNotThere() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        PayloadReference reference = reference("http://127.0.0.1:" + port + "/a.jpg", PAYLOAD);
        assertThat(catchThrowableOfType(
                                RejectedFrameException.class, () -> fetch(reference, List.of("127.0.0.1:" + port)))
                        .rejected()
                        .code())
                .isEqualTo("CLAIM_UNREACHABLE");
    }
}
