package io.patchstream.stream.settings;

/**
 * Where spans of frames go.
 *
 * @param endpoint the collector's address; empty for what OpenTelemetry's own variables say
 * @param protocol how it is spoken to at {@code endpoint}
 */
public record TraceSettings(
        @Setting(
                key = "trace.endpoint",
                says =
                        "Where spans of frames go, by OTLP, such as `http://collector:4318`; see docs/observability.md. Empty"
                                + " takes what OpenTelemetry's own variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_EXPORTER`);"
                                + " without them no span is made.")
        String endpoint,

        @Setting(
                key = "trace.protocol",
                or = "http",
                says =
                        "How the collector at `trace.endpoint` is spoken to: OTLP over `http`, for which collectors listen at port"
                                + " 4318, or over `grpc`, at 4317.")
        Protocol protocol) {

    /** What OTLP travels by. */
    public enum Protocol {
        HTTP,
        GRPC
    }

    public TraceSettings {
        new Checks()
                .that(
                        endpoint.isEmpty() || endpoint.matches("https?://[^/\\s]+(/\\S*)?"),
                        "trace.endpoint",
                        Secrets.withoutCredentials("'" + endpoint + "'"),
                        "empty, or an address such as http://collector:4318")
                .that(
                        protocol == Protocol.HTTP || endpoint.matches("(https?://[^/\\s]+/?)?"),
                        "trace.endpoint",
                        Secrets.withoutCredentials("'" + endpoint + "'"),
                        "an address without a path, such as http://collector:4317, when trace.protocol is grpc")
                .done();
    }
}
