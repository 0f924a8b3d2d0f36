package io.patchstream.stream.settings;

/**
 * How topics that are missing come to be.
 *
 * @param autoCreate whether to create them
 * @param partitions partitions of a new topic
 * @param replicationFactor replicas of a new topic; -1 leaves it to the broker
 */
public record TopicSettings(
        @Setting(
                key = "topics.auto.create",
                or = "true",
                says =
                        "Create topics that are missing; with `false` the processor refuses to start without them and prints"
                                + " the command that makes them.")
        boolean autoCreate,

        @Setting(key = "topics.partitions", or = "8", says = "Partitions of a topic that is created.")
        int partitions,

        @Setting(
                key = "topics.replication.factor",
                or = "-1",
                says = "Replicas of a topic that is created; -1 leaves it to the broker.")
        int replicationFactor) {

    public TopicSettings {
        new Checks()
                .atLeast(1, "topics.partitions", partitions)
                .that(
                        replicationFactor == -1 || (replicationFactor > 0 && replicationFactor <= Short.MAX_VALUE),
                        "topics.replication.factor",
                        replicationFactor,
                        "-1 (the broker's default) or at least 1")
                .done();
    }
}
