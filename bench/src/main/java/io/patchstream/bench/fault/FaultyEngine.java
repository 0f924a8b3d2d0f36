package io.patchstream.bench.fault;

import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.ForwardingEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameTicket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An engine that can be told to be slow, or to give no answers, and to be well again. Closes the engine that it stands for. */
final class FaultyEngine extends ForwardingEngine {
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean failing;

    FaultyEngine(FrameEngine engine) {
        super(engine);
    }

    /** From now on each frame takes so much longer. */
    void slow(Duration each) {
        delay = each;
    }

    /** From now on no frame is answered. */
    void fail() {
        failing = true;
    }

    void recover() {
        delay = Duration.ZERO;
        failing = false;
    }

    @Override
    public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        FrameOutcome outcome = engine.await(ticket);
        if (failing) {
            throw new EngineStoppedException("the engine was told to fail", null);
        }
        return outcome;
    }
}
