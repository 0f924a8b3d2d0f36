package io.patchstream.bench.batching;

import io.patchstream.stream.batch.BatchPlanner;
import io.patchstream.stream.batch.ServiceCurve;
import io.patchstream.stream.flight.FairLanes;
import io.patchstream.stream.flight.PendingFrame;
import io.patchstream.stream.flight.Turns;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Patchstream's planner, curve and lanes, as the engine runs them; by choice with the shedding of what is too late. */
final class Planned implements Policy {
    private static final FrameSource SOURCE = new FrameSource("simulated", "frames", 0);

    private final ServiceCurve curve;
    private final BatchPlanner planner;
    private final boolean shedding;
    private final FairLanes<Queued> lanes = new FairLanes<>(Queued::pending, new Turns());
    private final List<Trace.Arrival> byAge = new ArrayList<>();

    private record Queued(Trace.Arrival frame, PendingFrame pending) {}

    Planned(Device device, boolean shedding) {
        Duration target = Duration.ofNanos((long) (device.target() * 1e9));
        this.curve = new ServiceCurve(Device.MAX_BATCH, BatchPlanner.budgetSeconds(target));
        this.planner = new BatchPlanner(curve, Duration.ofMillis(4), target);
        this.shedding = shedding;
        // As a calibration does.
        for (int b = 1; b <= Device.MAX_BATCH; b *= 2) {
            curve.observe(b, (long) (device.curve().applyAsDouble(b) * 1e9));
        }
    }

    @Override
    public void arrived(Trace.Arrival frame) {
        FrameRequest request =
                new FrameRequest(SOURCE, Integer.toString(frame.camera()), FrameRequest.NO_DEADLINE, () -> null);
        lanes.add(new Queued(frame, new PendingFrame(request, frame::at)));
        byAge.add(frame);
        planner.arrived(frame.at());
    }

    @Override
    public Decision decide(long now) {
        if (lanes.size() == 0) {
            return Decision.at(Long.MAX_VALUE);
        }
        int target = planner.target(Device.MAX_BATCH);
        long wait = planner.nanosToWait(
                new BatchPlanner.Situation(
                        lanes.size(), false, false, true, now - byAge.get(0).at(), now),
                target);
        if (wait > 0) {
            return Decision.at(now + wait);
        }
        List<Trace.Arrival> batch = new ArrayList<>();
        int size = Math.min(target, lanes.size());
        while (batch.size() < target && lanes.size() > 0) {
            Queued queued = lanes.poll();
            Trace.Arrival frame = queued.frame();
            byAge.remove(frame);
            if (shedding && planner.isTooLate(now - frame.at(), size)) {
                lanes.missed(queued.pending());
            } else {
                batch.add(frame);
            }
        }
        return batch.isEmpty() ? Decision.at(now) : Decision.run(batch);
    }

    @Override
    public void ran(int size, long nanos) {
        curve.observe(size, nanos);
    }

    @Override
    public int queued() {
        return lanes.size();
    }
}
