package io.patchstream.bench;

import com.google.errorprone.annotations.MustBeClosed;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/** A collector that takes spans by OTLP over HTTP, counts their bytes and forgets them: what sending takes, and no more. */
final class SpanSink implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "span-sink"));
    private final LongAdder bytes = new LongAdder();

    private SpanSink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(thread);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    /** Listens on a port of its own. */
    @MustBeClosed
    static SpanSink start() throws IOException {
        return new SpanSink();
    }

    /** For {@code trace.endpoint}. */
    String address() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort();
    }

    /** Bytes of spans so far. */
    long bytes() {
        return bytes.sum();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            bytes.add(exchange.getRequestBody().transferTo(OutputStream.nullOutputStream()));
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            // An empty answer: all of it was taken.
            exchange.sendResponseHeaders(200, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        thread.shutdownNow();
    }
}
