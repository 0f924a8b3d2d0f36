package io.patchstream.stream.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.page.Subscriber.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the page over HTTP: its files to everybody, all under {@code /api} to those who know the token. A thread for each
 * who watches, {@value Audience#MOST} at most, and some for the rest.
 */
final class PageServer implements AutoCloseable {
    /** The largest upload. */
    static final int MOST_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final int THREADS = Audience.MOST + 8;
    private static final long HEARTBEAT_MILLIS = 5_000;
    private static final int RECENT = 48;
    private static final Set<String> POSTED = Set.of("/api/try", "/api/try-attention", "/api/replay");
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Assets assets = new Assets();
    private final Doorkeeper door;
    private final Audience audience;
    private final TryOut tryOut;
    private final Attention attention;
    private final FrameEngine engine;
    private final DeskReplies desk;
    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    /**
     * Listens.
     *
     * @throws IOException when it cannot
     */
    PageServer(
            InetSocketAddress address,
            Doorkeeper door,
            Audience audience,
            TryOut tryOut,
            Attention attention,
            FrameEngine engine,
            DeskReplies desk)
            throws IOException {
        this.door = door;
        this.audience = audience;
        this.tryOut = tryOut;
        this.attention = attention;
        this.engine = engine;
        this.desk = desk;
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "page-http");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        this.server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Optional<Reply> refusal = refusal(exchange, path);
            if (refusal.isPresent()) {
                send(exchange, refusal.get());
            } else if (path.equals("/api/live")) {
                live(exchange);
            } else {
                send(exchange, reply(exchange, path));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Reply> refusal(HttpExchange exchange, String path) {
        Headers headers = exchange.getRequestHeaders();
        if (!door.isOurs(headers.getFirst("Host"))) {
            return Optional.of(Reply.problem(
                    Reply.FORBIDDEN, "the page is not known by this name; ui.names may name it, or use the address"));
        } else if (path.startsWith("/api/") && !door.knowsToken(headers.getFirst("Authorization"))) {
            return Optional.of(Reply.problem(
                    Reply.UNAUTHORIZED, "open the address that was printed at start: it holds the token"));
        }
        String method = exchange.getRequestMethod();
        boolean takesPost = POSTED.contains(path);
        boolean fits = takesPost ? method.equals("POST") : method.equals("GET") || method.equals("HEAD");
        return fits
                ? Optional.empty()
                : Optional.of(Reply.problem(Reply.METHOD_NOT_ALLOWED, takesPost ? "use POST" : "use GET"));
    }

    private Reply reply(HttpExchange exchange, String path) throws InterruptedException {
        try {
            return switch (path) {
                case "/api/try", "/api/try-attention" -> upload(exchange, path);
                case "/api/model" -> ModelCard.of(engine.model());
                case "/api/dead-letters" -> desk.deadLetters();
                case "/api/replay" -> desk.replay(exchange.getRequestBody().readNBytes(DeskReplies.MOST_BYTES + 1));
                case "/api/ledger" -> desk.ledger();
                case "/api/subjects" -> desk.subjects();
                case "/api/alarm-picture" ->
                    alarmPicture(exchange.getRequestURI().getQuery());
                case "/api/recent" -> recent(exchange.getRequestURI().getRawQuery());
                case "/api/nearest" -> ofFrame(exchange.getRequestURI().getQuery(), path, tryOut::nearest);
                case "/api/attention" -> ofFrame(exchange.getRequestURI().getQuery(), path, attention::ofShown);
                default -> assets.at(path).orElseGet(() -> Reply.problem(Reply.NOT_FOUND, "there is nothing here"));
            };
        } catch (IOException | RuntimeException e) {
            LOG.atError().addKeyValue("path", path).setCause(e).log("the live page failed");
            return Reply.problem(Reply.FAILED, "failed; the log says why");
        }
    }

    private Reply upload(HttpExchange exchange, String path) throws IOException, InterruptedException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            return Reply.problem(Reply.TOO_LARGE, "the picture is larger than 16 MiB");
        }
        return path.equals("/api/try") ? tryOut.upload(body) : tryOut.attention(body);
    }

    private Reply recent(String query) {
        try {
            return tryOut.recent(RECENT, FrameFilter.of(query));
        } catch (IllegalArgumentException e) {
            return Reply.problem(Reply.BAD_REQUEST, e.getMessage());
        }
    }

    private Reply alarmPicture(String query) {
        return query != null && query.matches("id=[0-9a-f-]{36}")
                ? desk.alarmPicture(query.substring("id=".length()))
                : Reply.problem(Reply.BAD_REQUEST, "say of which alarm: /api/alarm-picture?id=UUID");
    }

    private static Reply ofFrame(String query, String path, LongFunction<Reply> reply) {
        return query != null && query.matches("id=[0-9]{1,18}")
                ? reply.apply(Long.parseLong(query.substring("id=".length())))
                : Reply.problem(Reply.BAD_REQUEST, "say which frame: " + path + "?id=1");
    }

    private static void protect(Headers headers) {
        headers.set("Cache-Control", "no-store");
        headers.set("Content-Security-Policy", POLICY);
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        protect(exchange.getResponseHeaders());
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(reply.status(), -1);
        } else {
            exchange.sendResponseHeaders(reply.status(), reply.body().length);
            exchange.getResponseBody().write(reply.body());
        }
    }

    /** Server-sent events, until the browser goes. */
    private void live(HttpExchange exchange) throws IOException, InterruptedException {
        Optional<Subscriber> seat = audience.enter();
        if (seat.isEmpty()) {
            send(exchange, Reply.problem(Reply.UNAVAILABLE, Audience.MOST + " are watching already; close a page"));
            return;
        }
        Subscriber subscriber = seat.get();
        try {
            protect(exchange.getResponseHeaders());
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(Reply.OK, 0);
            OutputStream out = exchange.getResponseBody();
            while (!subscriber.isClosed()) {
                List<Message> messages = subscriber.take(HEARTBEAT_MILLIS);
                StringBuilder text = new StringBuilder(messages.isEmpty() ? ": nothing new\n\n" : "");
                messages.forEach(message -> text.append("event: ")
                        .append(message.event())
                        .append("\ndata: ")
                        .append(message.data())
                        .append("\n\n"));
                subscriber.writes(System.nanoTime());
                out.write(text.toString().getBytes(UTF_8));
                out.flush();
                subscriber.writes(0);
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("a browser has gone");
        } finally {
            audience.leave(subscriber);
        }
    }

    /** Lets everybody go, stops listening and lets go of the explain file. May be called twice. */
    @Override
    public void close() {
        audience.close();
        server.stop(0);
        threads.shutdownNow();
        attention.close();
    }
}
