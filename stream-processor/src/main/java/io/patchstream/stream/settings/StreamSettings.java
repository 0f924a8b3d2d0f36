package io.patchstream.stream.settings;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the topology runs.
 *
 * @param applicationId the consumer group and the prefix of transactional ids
 * @param instanceId what tells this processor from the others of its group, the same after a restart; may be empty
 * @param threads stream threads
 * @param commitInterval how often answers become visible
 * @param stateDir where Kafka Streams keeps its lock files
 * @param restarts how often a stream thread is replaced after a passing failure, within ten minutes
 * @param restartBackoff the wait before the first replacement; it doubles with each further one
 * @param stopTimeout how long a stop may take
 */
public record StreamSettings(
        @Setting(
                key = "application.id",
                or = "patchstream",
                says = "The consumer group; processors with the same id share the work.")
        String applicationId,

        @Setting(
                key = "instance.id",
                says = "A name that only this processor of the group has and keeps over restarts, such as a pod's of a"
                        + " StatefulSet. After a crash its answers are then visible as soon as it is back, and not only"
                        + " when the broken transaction has timed out (60 s).")
        String instanceId,

        @Setting(
                key = "threads",
                or = "2",
                says = "Stream threads: at least 2 hides the pause while one polls; more than the partitions are idle.")
        int threads,

        @Setting(
                key = "commit.interval",
                or = "500ms",
                says = "How often answers are committed and so become visible to read_committed consumers.")
        Duration commitInterval,

        @Setting(
                key = "state.dir",
                or = "${java.io.tmpdir}/patchstream",
                says = "Where Kafka Streams may keep files; the topology itself keeps none.")
        Path stateDir,

        @Setting(
                key = "restarts",
                or = "5",
                says = "How often within ten minutes a stream thread is replaced after a failure that may pass (engine,"
                        + " registry, broker) before the process gives up with exit code 1.")
        int restarts,

        @Setting(
                key = "restart.backoff",
                or = "1s",
                says = "The wait before a stream thread is replaced; it doubles each time, up to 30 s.")
        Duration restartBackoff,

        @Setting(
                key = "stop.timeout",
                or = "8s",
                says = "How long a stop may take before what is not committed is left to the next start.")
        Duration stopTimeout) {

    public StreamSettings {
        new Checks()
                .that(
                        applicationId.matches("[a-zA-Z0-9._-]{1,200}"),
                        "application.id",
                        "'" + applicationId + "'",
                        "1 to 200 of the letters a-z, A-Z, 0-9, '.', '_' and '-'")
                .that(
                        instanceId.matches("[a-zA-Z0-9._-]{0,100}"),
                        "instance.id",
                        "'" + instanceId + "'",
                        "empty, or up to 100 of the letters a-z, A-Z, 0-9, '.', '_' and '-'")
                .that(threads >= 1 && threads <= 64, "threads", threads, "1 to 64")
                .that(
                        commitInterval.toMillis() >= 10 && commitInterval.compareTo(Duration.ofSeconds(20)) <= 0,
                        "commit.interval",
                        commitInterval,
                        "10 ms to 20 s")
                .that(restarts >= 0, "restarts", restarts, "0 or more")
                .that(!restartBackoff.isNegative(), "restart.backoff", restartBackoff, "0 or more")
                .that(!stopTimeout.isNegative() && !stopTimeout.isZero(), "stop.timeout", stopTimeout, "above 0")
                .done();
    }
}
