package io.patchstream.stream.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.patchstream.stream.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * A processor of several lives, one process after the other: each but the last is killed while its answers are written and
 * not yet committed, most likely. The last one answers all and ends in good order.
 */
final class Lives {
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Map<String, String> values;
    private final Path logs;

    /**
     * Lives of a processor with {@code values}, and short timeouts besides.
     *
     * @param logs a folder for each life's log
     */
    Lives(Map<String, String> values, Path logs) {
        this.values = new HashMap<>(values);
        this.values.put("kafka.consumer.session.timeout.ms", "3000");
        this.values.put("kafka.consumer.heartbeat.interval.ms", "700");
        this.values.put("kafka.producer.transaction.timeout.ms", "8000");
        // On a busy machine a first frame may take long.
        this.values.put("engine.deadline", "50s");
        this.logs = logs;
    }

    /**
     * Lives them.
     *
     * @param payload of each frame, by its number
     * @param beyond so many frames flow when a life is to end
     * @param frames that have been sent, all lives together, when each has answered what there is
     */
    void live(int cameras, IntFunction<byte[]> payload, int beyond, int... frames) throws Exception {
        Settings settings = Settings.of(values);
        FrameFeeder.createTopics(settings, PARTITIONS);
        try (FrameFeeder feeder = new FrameFeeder(settings, cameras, payload);
                Flow flow = new Flow(feeder);
                Progress progress = new Progress(settings)) {
            for (int life = 0; life < frames.length; life++) {
                int sent = frames[life];
                try (ProcessorProcess processor =
                        ProcessorProcess.start(values, logs.resolve("life-" + (life + 1) + ".log"))) {
                    flow.allow(sent);
                    await().atMost(PATIENCE)
                            .until(() -> feeder.written() == sent && progress.isSettled() || !processor.isAlive());
                    assertThat(processor.isAlive()).as(processor.log()).isTrue();
                    if (life < frames.length - 1) {
                        long labels = progress.labels();
                        flow.allow(sent + beyond);
                        await().atMost(PATIENCE)
                                .pollInterval(Duration.ofMillis(2))
                                .until(() -> progress.labels() > labels);
                        processor.kill();
                    } else {
                        assertThat(processor.terminate(STOP))
                                .as(processor.log())
                                .isZero();
                    }
                }
            }
        }
    }
}
