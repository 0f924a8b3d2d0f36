package io.patchstream.stream.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.topology.FrameTopology;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /livez}, {@code /readyz} (also as {@code /health/live}, {@code /health/ready}), {@code /metrics}, {@code
 * /info} and {@code /topology}. Nothing can be changed through it. The JDK's own server, on two threads of its own.
 */
public final class StatusServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int THREADS = 2;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;

    private final Settings settings;
    private final Watched watched;
    private final Health health;
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Map<String, Page> pages;
    private final HttpServer server;
    private final ExecutorService threads;

    /** What is answered. */
    private record Answer(int status, String type, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(status, TEXT, (text + "\n").getBytes(UTF_8));
        }
    }

    /** One path. */
    @FunctionalInterface
    private interface Page {
        Answer answer(HttpExchange exchange) throws IOException;
    }

    private StatusServer(Settings settings, Watched watched, HttpServer server) {
        this.settings = settings;
        this.watched = watched;
        this.health = new Health(settings.http().stuckAfter(), System::nanoTime);
        this.server = server;
        this.pages = Map.of(
                "/livez", e -> probe(dead()),
                "/health/live", e -> probe(dead()),
                "/readyz", e -> probe(Health.notReadyBecause(watched.state())),
                "/health/ready", e -> probe(Health.notReadyBecause(watched.state())),
                "/metrics", this::metrics,
                "/info", e -> info(),
                "/topology", e -> Answer.text(OK, FrameTopology.describe(settings)));
        registry.register(new ProcessorMetrics(watched, settings.input().topics()));
        JvmMetrics.builder().register(registry);
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "status");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Serves what is told of {@code watched} if {@code http.port} says so; the caller closes it before what is watched.
     *
     * @throws SettingsException when it cannot listen there
     */
    public static Optional<StatusServer> start(Settings settings, Watched watched) {
        int port = settings.http().port();
        return port == 0 ? Optional.empty() : Optional.of(listen(settings, watched));
    }

    private static StatusServer listen(Settings settings, Watched watched) {
        String host = settings.http().host();
        int port = settings.http().port();
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
            StatusServer status = new StatusServer(settings, watched, server);
            server.setExecutor(status.threads);
            server.createContext("/", status::handle);
            server.start();
            LOG.atInfo().addKeyValue("address", "http://" + host + ":" + port).log("probes and metrics are served");
            return status;
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(List.of("http.host is " + host + " and http.port is " + port
                    + "; nothing can be served there: " + e.getMessage()));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            exchange.getResponseHeaders().set("Content-Type", answer.type);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            if (answer.status == METHOD_NOT_ALLOWED) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            }
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(answer.status, -1);
            } else {
                exchange.sendResponseHeaders(answer.status, answer.body.length);
                exchange.getResponseBody().write(answer.body);
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Page page = pages.get(path);
        if (page == null) {
            return Answer.text(
                    NOT_FOUND,
                    "there is "
                            + String.join(", ", pages.keySet().stream().sorted().toList()));
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.text(METHOD_NOT_ALLOWED, "use GET");
        }
        try {
            return page.answer(exchange);
        } catch (IOException | RuntimeException e) {
            LOG.atError().addKeyValue("path", path).setCause(e).log("a status page failed");
            return Answer.text(FAILED, "failed; the log says why");
        }
    }

    private Optional<String> dead() {
        return health.deadBecause(
                watched.state(),
                KafkaFigures.of(watched.kafkaMetrics(), settings.input().topics()),
                watched.intake().bufferedBytes());
    }

    private static Answer probe(Optional<String> problem) {
        return problem.map(why -> Answer.text(UNAVAILABLE, why)).orElseGet(() -> Answer.text(OK, "ok"));
    }

    private Answer metrics(HttpExchange exchange) throws IOException {
        ExpositionFormatWriter writer =
                formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        writer.write(body, registry.scrape());
        return new Answer(OK, writer.getContentType(), body.toByteArray());
    }

    private Answer info() throws IOException {
        Map<String, Object> info = new LinkedHashMap<>();
        // Null where it does not run from a jar.
        info.put("version", StatusServer.class.getPackage().getImplementationVersion());
        info.put("state", watched.state().name());
        info.put("application_id", settings.stream().applicationId());
        info.put("input_topics", settings.input().topics());
        info.put("model", watched.model().contract().name());
        info.put("model_sha256", watched.model().sha256());
        info.put("engine", watched.model().engine());
        info.put("preprocessing", watched.model().contract().preprocessing());
        info.put(
                "preprocessing_sha256",
                watched.model().contract().preprocessing().sha256());
        info.put("labels", watched.model().contract().labels().size());
        return new Answer(OK, "application/json", JSON.writeValueAsBytes(info));
    }

    /** Stops listening. May be called twice. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
