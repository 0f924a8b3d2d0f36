package io.patchstream.stream.topology;

import io.patchstream.stream.frame.DropReason;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.settings.InputSettings;
import io.patchstream.stream.settings.OverloadPolicy;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which frames are left out when more come than can be answered. Decides when a record is polled, before anything of it is
 * read; the engine drops what becomes late afterwards.
 *
 * <p>One per process, shared by the stream threads. Holds no frame that has its outcome, and of each camera no more than
 * its backlog.
 */
final class Overload {
    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final InputSettings input;
    private final LongSupplier wallMillis;
    private final LongSupplier nanoClock;
    private final Map<Camera, ArrayDeque<FrameTicket>> underWay = new ConcurrentHashMap<>();
    private final Map<DropReason, LongAdder> drops = new EnumMap<>(DropReason.class);

    private record Camera(String topic, String name) {}

    /**
     * @param wallMillis milliseconds since the epoch, which records' timestamps are held against
     * @param nanoClock the engine's clock
     */
    Overload(InputSettings input, LongSupplier wallMillis, LongSupplier nanoClock) {
        this.input = input;
        this.wallMillis = wallMillis;
        this.nanoClock = nanoClock;
        for (DropReason reason : DropReason.values()) {
            drops.put(reason, new LongAdder());
        }
    }

    /** How old a record is, by its timestamp, in milliseconds; below 0 where the clocks disagree. */
    long ageMillis(long timestamp) {
        return wallMillis.getAsLong() - timestamp;
    }

    /** When a record of this topic and timestamp is late, by the engine's clock. */
    long deadlineNanos(String topic, long timestamp) {
        return input.overload(topic) == OverloadPolicy.DROP_LATE
                ? nanoClock.getAsLong() + (input.maxAge().toMillis() - ageMillis(timestamp)) * NANOS_PER_MILLI
                : FrameRequest.NO_DEADLINE;
    }

    /** Whether a record is late already: it need not be submitted. */
    boolean isLate(String topic, long timestamp) {
        return input.overload(topic) == OverloadPolicy.DROP_LATE
                && ageMillis(timestamp) > input.maxAge().toMillis();
    }

    /** A frame was submitted: its camera's oldest are left out when there are too many. */
    void submitted(String topic, String camera, FrameTicket ticket) {
        if (input.overload(topic) != OverloadPolicy.DROP_OLDEST) {
            return;
        }
        underWay.compute(new Camera(topic, camera), (key, kept) -> {
            ArrayDeque<FrameTicket> tickets = kept == null ? new ArrayDeque<>() : kept;
            tickets.add(ticket);
            tickets.removeIf(FrameTicket::isDone);
            while (tickets.size() > input.backlog()) {
                tickets.remove().drop(DropReason.BACKLOG);
            }
            return tickets;
        });
    }

    /** What left a frame out, as the settings have it. */
    String rule(DropReason reason) {
        return switch (reason) {
            case LATE -> "input.max.age=" + input.maxAge();
            case BACKLOG -> "input.backlog=" + input.backlog();
        };
    }

    /** Counts a drop that is published; the first of a kind is logged. */
    void dropped(DropReason reason, String source, long ageMillis) {
        LongAdder count = drops.get(reason);
        if (count.sum() == 0) {
            LOG.atWarn()
                    .addKeyValue("source", source)
                    .addKeyValue("ageMs", ageMillis)
                    .addKeyValue("rule", rule(reason))
                    .log(
                            "frames are left out ({}); each is a record on the drops topic, further ones are counted."
                                    + " If the age is not what you expect, compare the clocks of sender and processor",
                            reason);
        }
        count.increment();
    }

    /** How many drops were published since the start. */
    long count(DropReason reason) {
        return drops.get(reason).sum();
    }
}
