package io.patchstream.schemas;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * One topic: what lies in it and how the broker should keep it.
 *
 * @param name the topic's name
 * @param key what the record key is
 * @param value the schema of the value; empty where the value is raw bytes
 * @param cleanUp how old records go
 * @param compression how the broker stores batches
 * @param maxMessageBytes the largest record batch that the topic should take; a producer's {@code max.request.size} must
 *     allow as much
 * @param doc a sentence for people
 */
public record TopicSpec(
        String name,
        KeyContent key,
        Optional<Schema> value,
        CleanUp cleanUp,
        Compression compression,
        int maxMessageBytes,
        String doc) {
    /** What the key of a record is; all but {@link #AS_IT_CAME} are UTF-8 strings. */
    public enum KeyContent {
        CAMERA_ID,
        POINT_ID,
        SOURCE_PARTITION,
        MODEL_SLOT,
        AS_IT_CAME
    }

    /** How old records go, in the words of {@code cleanup.policy}. */
    public enum CleanUp {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_AND_DELETE("compact,delete");

        private final String policy;

        CleanUp(String policy) {
            this.policy = policy;
        }

        public String policy() {
            return policy;
        }
    }

    /** How batches are stored, in the words of {@code compression.type}. */
    public enum Compression {
        /** For what is compressed already, as JPEG and H.264 are: zstd takes 0 to 4 % off, for its price in time. */
        NONE("uncompressed"),
        ZSTD("zstd");

        private final String type;

        Compression(String type) {
            this.type = type;
        }

        public String type() {
            return type;
        }
    }

    private static final Pattern LEGAL_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public TopicSpec {
        if (!LEGAL_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "topic name \"" + name
                            + "\" is not one that Kafka takes: 1 to 249 of the letters a-z, A-Z, 0-9, dot, dash and underscore");
        }
        requireNonNull(key, "key");
        requireNonNull(value, "value");
        requireNonNull(cleanUp, "cleanUp");
        requireNonNull(compression, "compression");
        requireNonNull(doc, "doc");
        if (maxMessageBytes < 1) {
            throw new IllegalArgumentException("maxMessageBytes is " + maxMessageBytes + "; it must be at least 1");
        }
    }

    /** The topic's settings, by the broker's keys. */
    public Map<String, String> configs() {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, cleanUp.policy(),
                TopicConfig.COMPRESSION_TYPE_CONFIG, compression.type(),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
    }

    /** What an admin client creates. */
    public NewTopic toCreate(int partitions, short replication) {
        return new NewTopic(name, partitions, replication).configs(configs());
    }
}
