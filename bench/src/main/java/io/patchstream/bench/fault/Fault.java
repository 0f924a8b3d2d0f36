package io.patchstream.bench.fault;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a run does to its processes. */
enum Fault {
    /** SIGKILL, and another one in its place. */
    KILL_PROCESSOR,
    KILL_GENERATOR,
    KILL_BROKER,
    /** {@link HaltPoint#AFTER_SEND}. */
    HALT_AFTER_SEND,
    /** {@link HaltPoint#BEFORE_OFFSETS}. */
    HALT_BEFORE_OFFSETS,
    /** {@link HaltPoint#BEFORE_COMMIT}. */
    HALT_BEFORE_COMMIT,
    /** {@link HaltPoint#AFTER_COMMIT}. */
    HALT_AFTER_COMMIT,
    /** SIGSTOP for longer than the session timeout: its partitions go to another one, and then it wakes up. */
    PAUSE_PROCESSOR,
    /** SIGSTOP of the broker: nobody is answered, no connection breaks. */
    PAUSE_BROKER,
    /** SIGTERM, and another one in its place later: two rebalances. */
    RESTART_PROCESSOR,
    RESTART_BROKER,
    BROKER_DOWN,
    SLOW_ENGINE,
    FAILING_ENGINE,
    /** Connections to the registry are refused while a processor starts. */
    REGISTRY_DOWN,
    /** The registry accepts and does not answer while a processor starts. */
    REGISTRY_STALL,
    /** No byte can be written below the state directory while a processor starts. */
    DISK_FULL;

    /** As it is written on the command line and in reports. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it ends a processor while it may have a transaction open. */
    boolean endsTransactions() {
        return this == KILL_PROCESSOR || text().startsWith("halt");
    }

    /**
     * Those that are named; a first word such as {@code kill} or {@code halt} names all that begin with it.
     *
     * @throws IllegalArgumentException when a name is none
     */
    static Set<Fault> named(List<String> names) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (String name : names) {
            List<Fault> found = Arrays.stream(values())
                    .filter(fault -> fault.text().equals(name) || fault.text().startsWith(name + "-"))
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException("there is no fault " + name + "; there are "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Fault::text).toList()));
            }
            faults.addAll(found);
        }
        return faults;
    }
}
