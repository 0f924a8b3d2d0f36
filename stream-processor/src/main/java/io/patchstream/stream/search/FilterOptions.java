package io.patchstream.stream.search;

import io.patchstream.stream.index.PointFilter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which frames may be found; a picocli mixin. */
final class FilterOptions {
    @Option(names = "--camera", paramLabel = "ID", description = "Only frames of this camera.")
    private String camera;

    @Option(names = "--label", paramLabel = "LABEL", description = "Only frames with this label as the most probable.")
    private String label;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = Time.class,
            description = "Only frames taken then or later: 2026-11-23T04:22:00Z.")
    private Instant from;

    @Option(names = "--to", paramLabel = "TIME", converter = Time.class, description = "Only frames taken before.")
    private Instant to;

    PointFilter filter() {
        return new PointFilter(
                Optional.ofNullable(camera),
                Optional.ofNullable(label),
                Optional.ofNullable(from),
                Optional.ofNullable(to));
    }

    /** A time with its offset. */
    static final class Time implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "'" + text + "' is no time with an offset, such as 2026-11-23T04:22:00Z");
            }
        }
    }
}
