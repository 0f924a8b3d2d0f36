package io.patchstream.local.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry on an HTTP port. Any client of Confluent's Schema Registry can use it for Avro.
 *
 * <p>It answers {@code application/vnd.schemaregistry.v1+json} whatever a client says it accepts: old clients ask for
 * {@code text/html}. Whoever starts it closes it.
 */
public final class SchemaRegistryServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistryServer.class);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int THREADS = 4;
    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int CLOSE_SECONDS = 5;
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    private final Registry registry;
    private final RegistryApi api;
    private final Optional<BasicCredentials> credentials;
    private final HttpServer http;
    private final ExecutorService threads;
    private final ObjectMapper json = new ObjectMapper();

    private SchemaRegistryServer(Registry registry, Optional<BasicCredentials> credentials, HttpServer http) {
        this.registry = registry;
        this.api = new RegistryApi(registry);
        this.credentials = credentials;
        this.http = http;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                Executors.newFixedThreadPool(THREADS, task -> new Thread(task, "registry-" + number.getAndIncrement()));
    }

    /**
     * Starts to serve.
     *
     * @param address port 0 takes a free one
     * @param log where the schemas are kept; empty for a registry that forgets them
     * @param credentials what every call must carry; empty lets everybody in
     * @throws java.net.BindException when the port is taken
     * @throws IOException when the log cannot be read or another registry holds it
     */
    public static SchemaRegistryServer start(
            InetSocketAddress address, Optional<Path> log, Optional<BasicCredentials> credentials) throws IOException {
        return start(address, log, credentials, Optional.empty());
    }

    /**
     * As above, behind TLS where there is a context: its key is what is shown to clients.
     *
     * @throws IOException as above
     */
    public static SchemaRegistryServer start(
            InetSocketAddress address,
            Optional<Path> log,
            Optional<BasicCredentials> credentials,
            Optional<SSLContext> tls)
            throws IOException {
        // The JDK's server sends head and body in two packets; with Nagle's algorithm on, its default, every second
        // answer waits 40 ms for the client's acknowledgement. It reads this once, when its first server is made.
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
        HttpServer http = tls.isPresent() ? behind(tls.get(), address) : HttpServer.create(address, 0);
        try {
            SchemaRegistryServer server = new SchemaRegistryServer(new Registry(log), credentials, http);
            http.setExecutor(server.threads);
            http.createContext("/", server::serve);
            http.start();
            return server;
        } catch (IOException | RuntimeException failure) {
            http.stop(0);
            throw failure;
        }
    }

    private static HttpServer behind(SSLContext tls, InetSocketAddress address) throws IOException {
        HttpsServer https = HttpsServer.create(address, 0);
        https.setHttpsConfigurator(new HttpsConfigurator(tls));
        return https;
    }

    /** Such as {@code http://127.0.0.1:8081}. */
    public String url() {
        InetSocketAddress address = http.getAddress();
        return (http instanceof HttpsServer ? "https://" : "http://")
                + address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body;
            int status = 200;
            try {
                authenticate(exchange);
                body = api.answer(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getRawPath(),
                        match -> new Call(match.variables(), query(exchange.getRequestURI()), body(exchange)));
            } catch (RegistryException refused) {
                LOG.debug("Refused {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), refused);
                status = refused.status();
                body = error(refused.code(), refused.getMessage());
            } catch (RuntimeException failure) {
                LOG.error("Failed at {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), failure);
                status = 500;
                body = error(500, "Internal Server Error: " + failure);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", MEDIA_TYPE);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void authenticate(HttpExchange exchange) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (credentials.isPresent() && !credentials.get().accept(authorization)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"schema registry\"");
            throw new RegistryException(401, "Unauthorized");
        }
    }

    private JsonNode body(HttpExchange exchange) {
        try {
            byte[] bytes = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
            if (bytes.length > MAX_BODY_BYTES) {
                throw new RegistryException(413, "The body has more than " + MAX_BODY_BYTES + " bytes");
            }
            JsonNode body = json.readTree(bytes);
            return body == null || body.isMissingNode() ? JsonNodeFactory.instance.objectNode() : body;
        } catch (JsonProcessingException failure) {
            throw new RegistryException(400, "The body is not JSON: " + failure.getOriginalMessage(), failure);
        } catch (IOException failure) {
            throw new RegistryException(400, "The body does not arrive: " + failure.getMessage(), failure);
        }
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.putIfAbsent(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
            }
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String error(int code, String message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("error_code", code)
                .put("message", message)
                .toString();
    }

    /** Closes the port, lets calls in progress end, closes the log. May be called twice. */
    @Override
    public void close() throws IOException {
        http.stop(0);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Registry calls still run after {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        registry.close();
    }
}
