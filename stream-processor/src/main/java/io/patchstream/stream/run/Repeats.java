package io.patchstream.stream.run;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Marker;

/**
 * Lets each kind of warning of Kafka's network client through once in half a minute. While no broker answers, every client
 * says the same of each of its tries, several a second, and whatever else is said goes under in it. Named in {@code
 * logback-levels.xml}; shared by all threads.
 */
public final class Repeats extends TurboFilter {
    private static final String TALKATIVE = "org.apache.kafka.clients.NetworkClient";
    private static final long PAUSE = Duration.ofSeconds(30).toNanos();

    /** Kinds that are told apart; more are told as they come. */
    private static final int KINDS = 100;

    private final LongSupplier nanos;

    /** When a kind was last let through. */
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    public Repeats() {
        this(System::nanoTime);
    }

    Repeats(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] parameters, Throwable failure) {
        if (level != Level.WARN || format == null || !logger.getName().equals(TALKATIVE)) {
            return FilterReply.NEUTRAL;
        }
        // What stands in brackets before it says which client.
        String kind = format.replaceFirst("^\\[[^]]*] ?", "");
        if (told.size() >= KINDS && !told.containsKey(kind)) {
            return FilterReply.NEUTRAL;
        }
        long now = nanos.getAsLong();
        long[] last = {now};
        told.compute(kind, (key, before) -> {
            if (before == null || now - before >= PAUSE) {
                last[0] = Long.MIN_VALUE;
                return now;
            }
            return before;
        });
        return last[0] == now ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
