package io.patchstream.bench.fault;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What is done to whom, and when: the same for the same seed. Every kind comes equally often, in random order, and each
 * fault falls on a random moment of its share of the time.
 *
 * @param faults in order of time
 */
record FaultSchedule(List<Planned> faults) {
    /**
     * One fault.
     *
     * @param atMillis not before, since the start
     * @param fault what
     * @param place which processor, where it is one
     * @param chance 0 to 1: how long, within what is usual
     */
    record Planned(long atMillis, Fault fault, int place, double chance) {}

    FaultSchedule {
        faults = List.copyOf(faults);
    }

    static FaultSchedule of(long seed, Set<Fault> kinds, int count, long millis, int processors) {
        Random random = new Random(seed);
        List<Planned> planned = new ArrayList<>();
        List<Fault> bag = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (bag.isEmpty()) {
                bag.addAll(kinds);
                Collections.shuffle(bag, random);
            }
            long at = (long) ((i + random.nextDouble()) * millis / count);
            planned.add(new Planned(at, bag.remove(bag.size() - 1), random.nextInt(processors), random.nextDouble()));
        }
        return new FaultSchedule(planned);
    }
}
