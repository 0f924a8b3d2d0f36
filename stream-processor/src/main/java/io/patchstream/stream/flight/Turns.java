package io.patchstream.stream.flight;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whose turn it is: the lane that was served longest ago. A lane is served once at most before one that waits, so none
 * waits for more turns than there are lanes. A turn that ended in a frame which was too late was none: the lane has its old
 * place again. (Else, of cameras that always send at the same moment, and more of them than the device answers in time,
 * those that happen to come last would be dropped every time.) A lane that is not known yet has the place of one that was
 * served just now.
 *
 * <p>Outlives the queues that ask it. Not thread-safe: their owner's lock guards it.
 */
public final class Turns {
    /** Cameras may be as many as frames; the one that was seen longest ago is forgotten. */
    private static final int REMEMBERED = 4096;

    private final Map<Lane, Place> places = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Lane, Place> eldest) {
            return size() > REMEMBERED;
        }
    };
    private long now;

    /** When a lane was served last, and the time before. */
    private record Place(long last, long before) {}

    /** When the lane was served last, on a clock of its own that ticks with each turn; never the same for two lanes. */
    long of(Lane lane) {
        return places.computeIfAbsent(lane, l -> new Place(now, now++)).last();
    }

    void served(Lane lane) {
        long before = of(lane);
        places.put(lane, new Place(now++, before));
    }

    void missed(Lane lane) {
        places.computeIfPresent(lane, (l, place) -> new Place(place.before(), place.before()));
    }
}
