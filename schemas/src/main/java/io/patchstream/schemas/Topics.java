package io.patchstream.schemas;

import io.patchstream.schemas.TopicSpec.CleanUp;
import io.patchstream.schemas.TopicSpec.Compression;
import io.patchstream.schemas.TopicSpec.KeyContent;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The table of topics.
 *
 * @param frames what cameras and events send
 * @param labels one answer a picture
 * @param embeddings one point a picture
 * @param deadLetters what could not be answered, untouched
 * @param drops what was left out on purpose
 * @param ledger what became of each range of frames
 * @param uncertain pictures for a person to look at; only where the settings ask for them
 * @param alarms rules on labels that began or ceased to hold; only where there are rules
 */
public record Topics(
        TopicSpec frames,
        TopicSpec labels,
        TopicSpec embeddings,
        TopicSpec deadLetters,
        TopicSpec drops,
        TopicSpec ledger,
        TopicSpec uncertain,
        TopicSpec alarms) {
    /** The prefix of every topic's name unless told otherwise. */
    public static final String DEFAULT_PREFIX = "patchstream.";

    /** 8 MiB: a 4K JPEG is 0.7 MB and passes anyway; this is for a closed group of pictures of two seconds. */
    public static final int FRAME_BYTES = 8 << 20;

    /** A dead letter carries its frame and, in headers, a message and a stack trace. */
    public static final int DEAD_LETTER_BYTES = FRAME_BYTES + (1 << 20);

    /** The broker's own default: a batch of 1 MiB and its overhead. */
    public static final int ANSWER_BYTES = (1 << 20) + 12;

    /** The topics under {@link #DEFAULT_PREFIX}. */
    public static Topics standard() {
        return withPrefix(DEFAULT_PREFIX);
    }

    /**
     * The topics under a prefix of the user's own.
     *
     * @param prefix goes before each name as it is, so it usually ends with a dot or a dash; may be empty
     * @throws IllegalArgumentException if Kafka would not take the names
     */
    public static Topics withPrefix(String prefix) {
        return new Topics(
                new TopicSpec(
                        prefix + "frames",
                        KeyContent.CAMERA_ID,
                        schema(Frame.getClassSchema()),
                        CleanUp.DELETE,
                        Compression.NONE,
                        FRAME_BYTES,
                        "Encoded stills and closed groups of pictures, by camera"),
                new TopicSpec(
                        prefix + "labels",
                        KeyContent.CAMERA_ID,
                        schema(Classification.getClassSchema()),
                        CleanUp.DELETE,
                        Compression.ZSTD,
                        ANSWER_BYTES,
                        "What each picture shows, with its lineage"),
                new TopicSpec(
                        prefix + "embeddings",
                        KeyContent.POINT_ID,
                        schema(Embedding.getClassSchema()),
                        CleanUp.COMPACT,
                        Compression.NONE,
                        ANSWER_BYTES,
                        "Each picture as a point for a vector store"),
                new TopicSpec(
                        prefix + "dead-letters",
                        KeyContent.AS_IT_CAME,
                        Optional.empty(),
                        CleanUp.DELETE,
                        Compression.NONE,
                        DEAD_LETTER_BYTES,
                        "Records that could not be answered, bytes untouched, the reason in headers"),
                new TopicSpec(
                        prefix + "drops",
                        KeyContent.AS_IT_CAME,
                        schema(Drop.getClassSchema()),
                        CleanUp.DELETE,
                        Compression.ZSTD,
                        ANSWER_BYTES,
                        "Frames that were left out on purpose, with the reason"),
                new TopicSpec(
                        prefix + "ledger",
                        KeyContent.SOURCE_PARTITION,
                        schema(LedgerEntry.getClassSchema()),
                        CleanUp.COMPACT_AND_DELETE,
                        Compression.ZSTD,
                        ANSWER_BYTES,
                        "What became of each range of frames"),
                new TopicSpec(
                        prefix + "uncertain",
                        KeyContent.CAMERA_ID,
                        schema(Uncertain.getClassSchema()),
                        CleanUp.DELETE,
                        Compression.ZSTD,
                        ANSWER_BYTES,
                        "Pictures whose answer is uncertain, for a person to look at"),
                new TopicSpec(
                        prefix + "alarms",
                        KeyContent.CAMERA_ID,
                        schema(Alarm.getClassSchema()),
                        CleanUp.DELETE,
                        Compression.ZSTD,
                        ANSWER_BYTES,
                        "Rules on labels that began or ceased to hold for a camera"));
    }

    /** Topics that are there only where the settings ask for them. */
    public List<TopicSpec> onRequest() {
        return List.of(uncertain, alarms);
    }

    /** All topics that every processor has, in the order of a frame's way. */
    public List<TopicSpec> all() {
        return List.of(frames, labels, embeddings, deadLetters, drops, ledger);
    }

    /** All topics as an admin client creates them, each with the same number of partitions. */
    public List<NewTopic> toCreate(int partitions, short replication) {
        return all().stream()
                .map(topic -> topic.toCreate(partitions, replication))
                .toList();
    }

    private static Optional<Schema> schema(Schema schema) {
        return Optional.of(schema);
    }
}
