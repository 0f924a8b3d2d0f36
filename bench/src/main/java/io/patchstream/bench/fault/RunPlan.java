package io.patchstream.bench.fault;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run is made of.
 *
 * @param seed chooses frames and faults
 * @param processors how many processes share the work
 * @param framesPerSecond of all cameras together
 * @param protocol the group protocol, {@code classic} or {@code streams}
 * @param engine what answers
 * @param model the model of a real engine
 * @param buffering whether the processors are the negative control
 * @param folder where logs and data go
 */
record RunPlan(
        long seed,
        int processors,
        double framesPerSecond,
        String protocol,
        EngineKind engine,
        Optional<Path> model,
        boolean buffering,
        Path folder) {
    static final int PARTITIONS = 8;
    static final int CAMERAS = 16;
    static final int SESSION_TIMEOUT_MILLIS = 3000;
    /** So many pictures of a camera and window go to the uncertain topic: whether state survives faults is seen there. */
    static final int UNCERTAIN_PER_CAMERA = 5;

    static final Duration UNCERTAIN_WINDOW = Duration.ofSeconds(5);
    private static final int BROKEN_EVERY = 100;

    /** The control knows no dead letters, and is to be judged by what it loses. */
    Frames frames() {
        return new Frames(seed, CAMERAS, buffering ? 0 : BROKEN_EVERY);
    }

    /** Settings of whoever reads or writes the run's topics. */
    Map<String, String> settings(int brokerPort, int registryPort) {
        return Map.of(
                "application.id",
                "faults",
                "kafka.bootstrap.servers",
                "127.0.0.1:" + brokerPort,
                "schema.registry.url",
                "http://127.0.0.1:" + registryPort);
    }

    /** Settings of the processor at {@code place}. */
    Map<String, String> processorSettings(int brokerPort, int registryPort, int place, Path stateDir) {
        Map<String, String> values = new HashMap<>(settings(brokerPort, registryPort));
        values.put("state.dir", stateDir.toString());
        values.put("topics.partitions", Integer.toString(PARTITIONS));
        values.put("kafka.default.client.supplier", HaltingClients.class.getName());
        values.put("kafka." + HaltingClients.PLACE, "place" + place);
        values.put("kafka.group.protocol", protocol);
        // Every answer of the engines here is less sure than that.
        values.put("uncertain.probability", "1");
        values.put("uncertain.per.camera", Integer.toString(UNCERTAIN_PER_CAMERA));
        values.put("uncertain.window", UNCERTAIN_WINDOW.toMillis() + "ms");
        if (protocol.equals("classic")) {
            values.put("kafka.consumer.session.timeout.ms", Integer.toString(SESSION_TIMEOUT_MILLIS));
            values.put("kafka.consumer.heartbeat.interval.ms", "700");
        }
        model.ifPresent(file -> {
            values.put("model", file.toAbsolutePath().toString());
            values.put("model.golden.required", "false");
        });
        return values;
    }
}
