package io.patchstream.stream.trace;

import com.google.errorprone.annotations.MustBeClosed;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.patchstream.stream.settings.Secrets;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.settings.TraceSettings.Protocol;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether spans are made, and where they go: what {@code trace.endpoint} says, or else OpenTelemetry's own variables ({@code
 * OTEL_*}), as its SDK reads them. Without either the SDK is not even loaded.
 */
public final class Tracing {
    private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);

    /** What tells, again and again and past our log, of spans that are lost; {@link SpanTally} tells it once. */
    private static final List<java.util.logging.Logger> TALKATIVE = List.of(
            java.util.logging.Logger.getLogger("io.opentelemetry.exporter"),
            java.util.logging.Logger.getLogger("io.opentelemetry.sdk.trace.export"));

    private static final String EXPORTER = "otel.traces.exporter";
    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";
    private static final String TRACES_ENDPOINT = "otel.exporter.otlp.traces.endpoint";
    private static final String PROTOCOL = "otel.exporter.otlp.protocol";
    private static final String TRACES_PROTOCOL = "otel.exporter.otlp.traces.protocol";
    private static final String OVER_HTTP = "http/protobuf";
    private static final String OVER_GRPC = "grpc";
    private static final String SDK_DISABLED = "otel.sdk.disabled";
    private static final String QUEUE = "otel.bsp.max.queue.size";
    private static final int USUAL_QUEUE = 2048;
    private static final String PATH = "/v1/traces";
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

    private Tracing() {}

    /**
     * The tracer that settings and environment ask for; the caller closes it.
     *
     * @throws SettingsException when OpenTelemetry's SDK refuses what they say
     */
    @MustBeClosed
    public static FrameTracer open(Settings settings) {
        return open(settings, System.getenv());
    }

    /**
     * Whether the collector that settings and environment name takes spans; empty when they name none.
     *
     * @throws SettingsException when OpenTelemetry's SDK refuses what they say
     */
    public static Optional<CollectorTrial> tryOut(Settings settings) {
        Map<String, String> once = new HashMap<>(System.getenv());
        once.put("OTEL_JAVA_EXPORTER_OTLP_RETRY_DISABLED", "true");
        try (FrameTracer tracer = open(settings, once)) {
            return tracer instanceof OtelTracer open ? Optional.of(open.tryOut()) : Optional.empty();
        }
    }

    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller.
    static FrameTracer open(Settings settings, Map<String, String> environment) {
        if (!isAsked(settings, environment)) {
            return FrameTracer.NONE;
        }
        try {
            return sdk(settings, environment);
        } catch (ConfigurationException | IllegalStateException | IllegalArgumentException e) {
            throw new SettingsException(List.of("spans cannot be sent as trace.endpoint or OTEL_* say: "
                    + Secrets.withoutCredentials(String.valueOf(e.getMessage()))));
        }
    }

    /** Where spans go, for people to read; empty where none are made. */
    static String endpoint(Settings settings, Map<String, String> environment) {
        if (!isAsked(settings, environment)) {
            return "";
        }
        String own = settings.trace().endpoint();
        if (!own.isEmpty()) {
            return own;
        }
        String traces = said(TRACES_ENDPOINT, environment);
        String all = said(ENDPOINT, environment);
        boolean isGrpc = said(TRACES_PROTOCOL, environment).equals(OVER_GRPC)
                || said(TRACES_PROTOCOL, environment).isEmpty()
                        && said(PROTOCOL, environment).equals(OVER_GRPC);
        return !traces.isEmpty() ? traces : !all.isEmpty() ? all : "http://localhost:" + (isGrpc ? 4317 : 4318);
    }

    private static boolean isAsked(Settings settings, Map<String, String> environment) {
        if (said(SDK_DISABLED, environment).equalsIgnoreCase("true")) {
            return false;
        }
        if (!settings.trace().endpoint().isEmpty()) {
            return true;
        }
        String exporter = said(EXPORTER, environment);
        // OpenTelemetry would send to localhost without a word; here somebody must have asked for it.
        return exporter.isEmpty()
                ? !said(ENDPOINT, environment).isEmpty()
                        || !said(TRACES_ENDPOINT, environment).isEmpty()
                : !exporter.equals("none");
    }

    /** What a property or its variable says, as OpenTelemetry has it: the property wins. */
    private static String said(String property, Map<String, String> environment) {
        String variable = property.toUpperCase(Locale.ROOT).replace('.', '_');
        return System.getProperty(property, environment.getOrDefault(variable, ""))
                .trim();
    }

    @SuppressWarnings("MustBeClosedChecker") // Handed to the caller.
    private static FrameTracer sdk(Settings settings, Map<String, String> environment) {
        String endpoint = Secrets.withoutCredentials(endpoint(settings, environment));
        TALKATIVE.forEach(logger -> logger.setLevel(Level.OFF));
        AtomicReference<SpanTally> tally = new AtomicReference<>();
        AutoConfiguredOpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                // The processor flushes when it stops, which is before the JVM does.
                .disableShutdownHook()
                .addPropertiesSupplier(() -> variables(environment))
                .addPropertiesCustomizer(said -> overrides(settings))
                .addResourceCustomizer((resource, said) -> resource(resource))
                .addSpanExporterCustomizer((exporter, said) -> counted(exporter, said, endpoint, tally))
                .build();
        if (tally.get() == null) {
            sdk.getOpenTelemetrySdk().close();
            throw new IllegalStateException("no exporter was made");
        }
        LOG.atInfo().addKeyValue("collector", endpoint).log("spans are sent");
        return new OtelTracer(
                sdk.getOpenTelemetrySdk().getSdkTracerProvider(),
                tally.get(),
                Tracing.class.getPackage().getImplementationVersion(),
                settings.stream().applicationId());
    }

    /** The environment as properties, and below it what is usual here. */
    private static Map<String, String> variables(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        // What every collector and every proxy takes; OpenTelemetry's SDK for Java would take gRPC.
        properties.put(PROTOCOL, OVER_HTTP);
        environment.forEach((variable, value) -> {
            if (variable.startsWith("OTEL_")) {
                properties.put(variable.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return properties;
    }

    /** What no variable changes: spans and nothing else are sent, to where the setting says if it says. */
    private static Map<String, String> overrides(Settings settings) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        String own = settings.trace().endpoint();
        if (!own.isEmpty()) {
            properties.put(EXPORTER, "otlp");
            boolean isGrpc = settings.trace().protocol() == Protocol.GRPC;
            properties.put(TRACES_PROTOCOL, isGrpc ? OVER_GRPC : OVER_HTTP);
            properties.put(TRACES_ENDPOINT, isGrpc || own.endsWith(PATH) ? own : own.replaceAll("/+$", "") + PATH);
        }
        return properties;
    }

    private static Resource resource(Resource resource) {
        String name = resource.getAttribute(SERVICE);
        return name == null || name.startsWith("unknown_service")
                ? resource.merge(Resource.create(Attributes.of(SERVICE, "patchstream")))
                : resource;
    }

    private static SpanExporter counted(
            SpanExporter exporter, ConfigProperties said, String endpoint, AtomicReference<SpanTally> tally) {
        SpanTally counted = new SpanTally(exporter, endpoint, said.getInt(QUEUE, USUAL_QUEUE));
        tally.set(counted);
        return counted;
    }
}
