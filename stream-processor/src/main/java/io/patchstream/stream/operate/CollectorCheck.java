package io.patchstream.stream.operate;

import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.settings.SettingsException;
import io.patchstream.stream.trace.Tracing;
import java.util.Optional;

/** The collector of spans: whether it takes them. Without it frames flow all the same. */
final class CollectorCheck {
    private static final String MEND =
            "set trace.endpoint, or OTEL_EXPORTER_OTLP_ENDPOINT, to a collector's port for OTLP by HTTP (4318), or trace.protocol=grpc and"
                    + " its port for gRPC (4317): docs/observability.md";

    private CollectorCheck() {}

    /** Empty where none is named. */
    static Optional<Finding> check(Settings settings) {
        try {
            return Tracing.tryOut(settings)
                    .map(trial -> trial.problem().isEmpty()
                            ? Finding.ok("spans", trial.collector() + " takes them")
                            : Finding.warn("spans", trial.collector() + ": " + trial.problem(), MEND));
        } catch (SettingsException e) {
            return Optional.of(Finding.fail("spans", e.getMessage(), MEND));
        }
    }
}
