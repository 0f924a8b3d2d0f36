package io.patchstream.stream.settings;

/**
 * Where spans of frames go.
 *
 * @param endpoint the collector's address; empty for what OpenTelemetry's own variables say
 */
public record TraceSettings(
        @Setting(
                key = "trace.endpoint",
                says =
                        "Where spans of frames go, by OTLP over HTTP, such as `http://collector:4318`; see docs/observability.md. Empty"
                                + " takes what OpenTelemetry's own variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_EXPORTER`);"
                                + " without them no span is made.")
        String endpoint) {

    public TraceSettings {
        new Checks()
                .that(
                        endpoint.isEmpty() || endpoint.matches("https?://[^/\\s]+(/\\S*)?"),
                        "trace.endpoint",
                        Secrets.withoutCredentials("'" + endpoint + "'"),
                        "empty, or an address such as http://collector:4318")
                .done();
    }
}
