package io.patchstream.stream.frame;

import static java.util.Objects.requireNonNull;

/** An engine that does as another does; who stands in between overrides what it changes. Closing it closes the other. */
public abstract class ForwardingEngine implements FrameEngine {
    /** The one that works. */
    protected final FrameEngine engine;

    protected ForwardingEngine(FrameEngine engine) {
        this.engine = requireNonNull(engine, "engine");
    }

    @Override
    public FrameTicket submit(FrameRequest request) {
        return engine.submit(request);
    }

    @Override
    public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
        return engine.await(ticket);
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
