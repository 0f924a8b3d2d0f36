package io.patchstream.stream.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A collector that speaks OTLP, over HTTP or over gRPC. Reads what it is sent by the field numbers of OpenTelemetry's
 * published schema, not by the classes that wrote it.
 */
public final class Collector implements AutoCloseable {
    private static final String TRACE_SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";

    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String address;
    private final Runnable stop;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /**
     * A span as it was sent.
     *
     * @param attributes its attributes as text
     * @param status 0 unset, 1 ok, 2 error
     * @param resource the attributes of who sent it
     */
    public record Received(
            String traceId,
            String spanId,
            String parent,
            String traceState,
            String name,
            int kind,
            long start,
            long end,
            Map<String, String> attributes,
            int status,
            String message,
            List<String> events,
            Map<String, String> resource) {}

    private Collector(boolean isGrpc) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        int port;
        if (isGrpc) {
            Server server = NettyServerBuilder.forAddress(any)
                    .executor(threads)
                    .addService(service())
                    .build()
                    .start();
            port = server.getPort();
            stop = server::shutdownNow;
        } else {
            HttpServer server = HttpServer.create(any, 0);
            server.setExecutor(threads);
            server.createContext("/v1/traces", this::take);
            server.start();
            port = server.getAddress().getPort();
            stop = () -> server.stop(0);
        }
        address = "http://localhost:" + port;
    }

    public static Collector start() {
        return start(false);
    }

    /** One that speaks gRPC, by a server of gRPC's own. */
    public static Collector startGrpc() {
        return start(true);
    }

    private static Collector start(boolean isGrpc) {
        try {
            return new Collector(isGrpc);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String address() {
        return address;
    }

    /** Answers nobody until it is closed. */
    public void hang() {
        gate = new CountDownLatch(1);
    }

    public List<Received> spans() {
        return List.copyOf(spans);
    }

    /** Those whose name begins so. */
    public List<Received> spans(String name) {
        return spans.stream().filter(span -> span.name().startsWith(name)).toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            enter(exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private ServerServiceDefinition service() {
        MethodDescriptor<byte[], byte[]> export = MethodDescriptor.<byte[], byte[]>newBuilder(
                        Bytes.AS_THEY_ARE, Bytes.AS_THEY_ARE)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(TRACE_SERVICE, "Export"))
                .build();
        return ServerServiceDefinition.builder(TRACE_SERVICE)
                .addMethod(export, ServerCalls.asyncUnaryCall((request, answer) -> {
                    enter(request);
                    answer.onNext(new byte[0]);
                    answer.onCompleted();
                }))
                .build();
    }

    private void enter(byte[] request) {
        try {
            gate.await();
            for (UnknownFieldSet resourceSpans : messages(UnknownFieldSet.parseFrom(request), 1)) {
                Map<String, String> resource =
                        attributes(messages(resourceSpans, 1).get(0), 1);
                for (UnknownFieldSet scopeSpans : messages(resourceSpans, 2)) {
                    messages(scopeSpans, 2).forEach(span -> spans.add(span(span, resource)));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        AS_THEY_ARE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Received span(UnknownFieldSet span, Map<String, String> resource) {
        List<UnknownFieldSet> status = messages(span, 15);
        return new Received(
                hex(span, 1),
                hex(span, 2),
                hex(span, 4),
                text(span, 3),
                text(span, 5),
                number(span, 6),
                span.getField(7).getFixed64List().get(0),
                span.getField(8).getFixed64List().get(0),
                attributes(span, 9),
                status.isEmpty() ? 0 : number(status.get(0), 3),
                status.isEmpty() ? "" : text(status.get(0), 2),
                messages(span, 11).stream().map(event -> text(event, 2)).toList(),
                resource);
    }

    private static Map<String, String> attributes(UnknownFieldSet message, int field) {
        Map<String, String> attributes = new HashMap<>();
        for (UnknownFieldSet pair : messages(message, field)) {
            UnknownFieldSet value = messages(pair, 2).get(0);
            attributes.put(
                    text(pair, 1),
                    value.hasField(1)
                            ? text(value, 1)
                            : value.hasField(2)
                                    ? Boolean.toString(number(value, 2) == 1)
                                    : value.getField(3).getVarintList().get(0).toString());
        }
        return attributes;
    }

    private static List<UnknownFieldSet> messages(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(Collector::parse)
                .toList();
    }

    private static UnknownFieldSet parse(ByteString bytes) {
        try {
            return UnknownFieldSet.parseFrom(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hex(UnknownFieldSet message, int field) {
        List<ByteString> bytes = message.getField(field).getLengthDelimitedList();
        return bytes.isEmpty() ? "" : HexFormat.of().formatHex(bytes.get(0).toByteArray());
    }

    private static String text(UnknownFieldSet message, int field) {
        List<ByteString> bytes = message.getField(field).getLengthDelimitedList();
        return bytes.isEmpty() ? "" : bytes.get(0).toString(UTF_8);
    }

    private static int number(UnknownFieldSet message, int field) {
        List<Long> numbers = message.getField(field).getVarintList();
        return numbers.isEmpty() ? 0 : numbers.get(0).intValue();
    }

    @Override
    public void close() {
        gate.countDown();
        stop.run();
        threads.shutdownNow();
    }
}
