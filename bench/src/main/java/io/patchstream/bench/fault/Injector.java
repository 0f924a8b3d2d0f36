package io.patchstream.bench.fault;

import io.patchstream.bench.fault.FaultSchedule.Planned;
import java.io.IOException;
import java.time.Duration;

/** Does to a {@link Rig} what a schedule says, and undoes it. For one thread. */
final class Injector {
    private static final Duration HALT_PATIENCE = Duration.ofSeconds(15);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration SLOW = Duration.ofSeconds(6);
    private static final int SLOW_MILLIS_EACH = 100;
    private static final Duration FAILING = Duration.ofSeconds(3);
    private static final Duration STARTING_WITHOUT = Duration.ofSeconds(8);

    private final Rig rig;
    private final Duration brokerDown;

    Injector(Rig rig, Duration brokerDown) {
        this.rig = rig;
        this.brokerDown = brokerDown;
    }

    /** Whether this machine lets it happen. */
    boolean isPossible(Fault fault) {
        return fault != Fault.DISK_FULL || rig.disk().isOwn();
    }

    /** Injects one fault and returns when it is over, or when what it ended is being started; whether it did happen. */
    boolean inject(Planned planned) throws IOException, InterruptedException {
        int place = planned.place();
        Child processor = rig.processor(place);
        switch (planned.fault()) {
            case KILL_PROCESSOR -> {
                processor.kill();
                rig.startProcessor(place);
            }
            case KILL_GENERATOR -> {
                rig.generator().kill();
                rig.startGenerator();
            }
            case KILL_BROKER -> {
                rig.broker().kill();
                rig.startBroker();
            }
            case HALT_AFTER_SEND -> {
                return halt(place, HaltPoint.AFTER_SEND);
            }
            case HALT_BEFORE_OFFSETS -> {
                return halt(place, HaltPoint.BEFORE_OFFSETS);
            }
            case HALT_BEFORE_COMMIT -> {
                return halt(place, HaltPoint.BEFORE_COMMIT);
            }
            case HALT_AFTER_COMMIT -> {
                return halt(place, HaltPoint.AFTER_COMMIT);
            }
            case PAUSE_PROCESSOR -> pause(processor, 5000 + (long) (4000 * planned.chance()));
            case PAUSE_BROKER -> pause(rig.broker(), 2000 + (long) (6000 * planned.chance()));
            case RESTART_PROCESSOR -> {
                processor.terminate(STOP);
                rig.startProcessor(place);
            }
            case RESTART_BROKER -> {
                rig.broker().terminate(STOP);
                rig.startBroker();
            }
            case BROKER_DOWN -> {
                rig.broker().kill();
                rig.pause(brokerDown);
                rig.startBroker();
            }
            case SLOW_ENGINE -> {
                processor.order("slow " + SLOW_MILLIS_EACH);
                rig.pause(SLOW);
                processor.order("recover");
            }
            case FAILING_ENGINE -> {
                processor.order("fail");
                rig.pause(FAILING);
                processor.order("recover");
            }
            case REGISTRY_DOWN -> registry(place, TcpProxy.Mode.REFUSE);
            case REGISTRY_STALL -> registry(place, TcpProxy.Mode.STALL);
            case DISK_FULL -> {
                rig.disk().fill();
                try {
                    startWithout(place);
                } finally {
                    rig.disk().free();
                }
            }
        }
        return true;
    }

    private boolean halt(int place, HaltPoint point) throws InterruptedException {
        Child processor = rig.processor(place);
        processor.order("halt " + point);
        boolean halted = processor.awaitEnd(HALT_PATIENCE) && processor.exitCode() == HaltPoint.EXIT_CODE;
        if (halted) {
            rig.startProcessor(place);
        } else {
            processor.order("recover");
        }
        return halted;
    }

    private void pause(Child child, long millis) throws InterruptedException {
        child.pause();
        try {
            rig.pause(Duration.ofMillis(millis));
        } finally {
            child.resume();
        }
    }

    /** Schemas are kept once they are known: only who starts needs the registry. */
    private void registry(int place, TcpProxy.Mode mode) throws InterruptedException {
        rig.registryProxy().mode(mode);
        try {
            startWithout(place);
        } finally {
            rig.registryProxy().mode(TcpProxy.Mode.PASS);
        }
    }

    private void startWithout(int place) throws InterruptedException {
        rig.processor(place).kill();
        rig.startProcessor(place);
        rig.pause(STARTING_WITHOUT);
    }
}
