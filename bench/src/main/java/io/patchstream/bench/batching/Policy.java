package io.patchstream.bench.batching;

import java.util.List;

/** A rule under test; one device, one batch at a time. */
interface Policy {
    void arrived(Trace.Arrival frame);

    /** Asked whenever the device is idle. */
    Decision decide(long now);

    /** A batch ran. */
    void ran(int size, long nanos);

    int queued();

    /** The batch to run now; when it is empty, ask again at {@code wakeAt} or when a frame arrives. */
    record Decision(List<Trace.Arrival> batch, long wakeAt) {
        static Decision at(long wakeAt) {
            return new Decision(List.of(), wakeAt);
        }

        static Decision run(List<Trace.Arrival> batch) {
            return new Decision(batch, Long.MAX_VALUE);
        }
    }
}
