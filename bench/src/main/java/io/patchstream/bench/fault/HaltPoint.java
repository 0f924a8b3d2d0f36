package io.patchstream.bench.fault;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The points of a stream thread's transaction at which a processor can be halted, as by a power cut. */
enum HaltPoint {
    /** Answers are on the broker, the transaction is open. */
    AFTER_SEND,
    /** All answers of a commit are sent, its offsets are not. */
    BEFORE_OFFSETS,
    /** The offsets are in the transaction, which is not committed. */
    BEFORE_COMMIT,
    /** The transaction is committed, and the stream thread has not learned of it yet. */
    AFTER_COMMIT;

    /** What a halted processor ends with, so that a halt is told from any other end. */
    static final int EXIT_CODE = 77;

    private static final Logger LOG = LoggerFactory.getLogger(HaltPoint.class);

    /** A property of the process: Kafka Streams makes the producers, by name, and nothing else reaches them. */
    private static final String ARMED = "patchstream.bench.halt";

    /** Halts the process the next time that a producer passes this point. */
    void arm() {
        System.setProperty(ARMED, name());
    }

    static void disarm() {
        System.clearProperty(ARMED);
    }

    boolean isArmed() {
        return name().equals(System.getProperty(ARMED));
    }

    /** Called by a producer at this point; does not return when it is armed. */
    void pass() {
        if (isArmed()) {
            LOG.info("halted at {}", this);
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
