package io.patchstream.bench.fault;

import io.patchstream.stream.frame.EngineStatistics;
import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameRequest;
import io.patchstream.stream.frame.FrameSource;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.frame.ServedModel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An engine that can be told to be slow, or to give no answers, and to be well again. Closes the engine that it stands for. */
final class FaultyEngine implements FrameEngine {
    private final FrameEngine engine;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean failing;

    FaultyEngine(FrameEngine engine) {
        this.engine = engine;
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
    public FrameTicket submit(FrameRequest request) {
        return engine.submit(request);
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

    @Override
    public void cancel(FrameSource source) {
        engine.cancel(source);
    }

    @Override
    public ServedModel model() {
        return engine.model();
    }

    @Override
    public int lookAhead(int threads) {
        return engine.lookAhead(threads);
    }

    @Override
    public EngineStatistics statistics() {
        return engine.statistics();
    }

    @Override
    public void close() {
        engine.close();
    }
}
