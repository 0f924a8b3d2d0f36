package io.patchstream.schemas.serde;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** An HTTP server on the loopback interface that answers by a script and remembers what it was asked. */
final class ScriptedRegistry implements AutoCloseable {
    /** What a client asked. */
    record Request(String method, URI uri, String authorization, String body) {
        @Override
        public String toString() {
            return method + " " + uri;
        }
    }

    /** What it is told. */
    record Answer(int status, String body) {}

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final String scheme;
    private final Function<Request, Answer> script;

    ScriptedRegistry(Function<Request, Answer> script) {
        this(script, null);
    }

    ScriptedRegistry(Function<Request, Answer> script, SSLContext tls) {
        this.script = script;
        this.scheme = tls == null ? "http" : "https";
        try {
            InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (tls == null) {
                server = HttpServer.create(free, 0);
            } else {
                HttpsServer secure = HttpsServer.create(free, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secure;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            requests.add(request);
            Answer answer = script.apply(request);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.setExecutor(executor);
        server.start();
    }

    static ScriptedRegistry always(int status, String body) {
        return new ScriptedRegistry(request -> new Answer(status, body));
    }

    List<Request> requests() {
        return requests;
    }

    String authority() {
        return "localhost:" + server.getAddress().getPort();
    }

    String url() {
        return scheme + "://" + authority();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
