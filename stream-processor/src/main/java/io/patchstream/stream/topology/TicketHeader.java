package io.patchstream.stream.topology;

import static java.util.Objects.requireNonNull;

import io.patchstream.stream.frame.FrameObserver;
import io.patchstream.stream.frame.FrameTicket;
import org.apache.kafka.common.header.Header;

/**
 * A ticket that travels with its polled record: Kafka Streams passes header objects on by reference. It never leaves this
 * process, and lives as long as the record.
 */
final class TicketHeader implements Header {
    static final String KEY = "__patchstream.ticket";

    private final FrameTicket ticket;
    private final FrameObserver observer;

    /** @param observer sees the ticket's frame on its way */
    TicketHeader(FrameTicket ticket, FrameObserver observer) {
        this.ticket = requireNonNull(ticket, "ticket");
        this.observer = requireNonNull(observer, "observer");
    }

    FrameTicket ticket() {
        return ticket;
    }

    FrameObserver observer() {
        return observer;
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public byte[] value() {
        return null;
    }
}
