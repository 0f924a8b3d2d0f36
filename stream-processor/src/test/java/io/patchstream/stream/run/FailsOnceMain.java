package io.patchstream.stream.run;

import io.patchstream.stream.frame.EngineStoppedException;
import io.patchstream.stream.frame.ForwardingEngine;
import io.patchstream.stream.frame.FrameEngine;
import io.patchstream.stream.frame.FrameOutcome;
import io.patchstream.stream.frame.FrameTicket;
import io.patchstream.stream.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A processor whose engine fails on its first frame and never again, so that a stream thread is replaced. */
final class FailsOnceMain {
    private FailsOnceMain() {}

    private static final class FailsOnce extends ForwardingEngine {
        private final AtomicBoolean failed = new AtomicBoolean();

        FailsOnce(FrameEngine engine) {
            super(engine);
        }

        @Override
        public FrameOutcome await(FrameTicket ticket) throws InterruptedException {
            if (failed.compareAndSet(false, true)) {
                throw new EngineStoppedException("the test says so", null);
            }
            return super.await(ticket);
        }
    }

    /** {@code run --set key=value ...}. */
    public static void main(String[] args) throws Exception {
        Map<String, String> values = new HashMap<>();
        for (int i = 2; i < args.length; i += 2) {
            int equals = args[i].indexOf('=');
            values.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        Settings settings = Settings.of(values);
        try (FrameEngine engine = Engines.open(settings);
                FailsOnce failing = new FailsOnce(engine);
                StreamProcessor processor = StreamProcessor.start(settings, failing)) {
            processor.awaitStopped();
        }
    }
}
