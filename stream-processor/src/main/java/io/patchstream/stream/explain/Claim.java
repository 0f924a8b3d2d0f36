package io.patchstream.stream.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Drop;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.Uncertain;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.run.ProcessorFailedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;

/** What an output record says of its frame, and of how it came about. */
sealed interface Claim {
    /** What can be explained. */
    String TAKEN = "; explain takes labels, embeddings, dead letters, drops, uncertain pictures and alarms";

    /** In an engine's fingerprint. */
    Pattern BATCH = Pattern.compile(";batch=(\\d{1,6})(?:;|$)");

    /** Where the frame was read. */
    SourcePosition source();

    /** The model that is said to have answered. */
    String modelSha256();

    /** The engine's fingerprint, where the record has it. */
    default Optional<String> engine() {
        return Optional.empty();
    }

    /**
     * How many pictures the run had that answered, where a picture's bits depend on it; 0 where it had as many as came, as
     * on a CPU. Empty where the record does not tell the engine.
     */
    default OptionalInt batch() {
        return engine().stream().mapToInt(Claim::batchOf).findFirst();
    }

    /** What a fingerprint says of it. */
    static int batchOf(String engine) {
        Matcher named = BATCH.matcher(engine);
        return named.find() ? Integer.parseInt(named.group(1)) : 0;
    }

    /** Which picture of the frame, from 0; 0 too where the frame as a whole is meant. */
    default int picture() {
        return 0;
    }

    /** What kind of record it is, and what it says besides. */
    default String kind() {
        return "answer";
    }

    /** A label. */
    record Label(Classification answer) implements Claim {
        @Override
        public SourcePosition source() {
            return new SourcePosition(
                    answer.getLineage().getSourceTopic(),
                    answer.getLineage().getSourcePartition(),
                    answer.getLineage().getSourceOffset());
        }

        @Override
        public String modelSha256() {
            return answer.getLineage().getModelSha256();
        }

        @Override
        public Optional<String> engine() {
            return Optional.of(answer.getLineage().getEngine());
        }

        @Override
        public int picture() {
            return answer.getPicture();
        }
    }

    /**
     * A picture whose answer is uncertain.
     *
     * @param label its answer
     */
    record Doubted(Uncertain uncertain, Label label) implements Claim {
        Doubted(Uncertain uncertain) {
            this(uncertain, new Label(uncertain.getAnswer()));
        }

        @Override
        public SourcePosition source() {
            return label.source();
        }

        @Override
        public String modelSha256() {
            return label.modelSha256();
        }

        @Override
        public Optional<String> engine() {
            return label.engine();
        }

        @Override
        public int picture() {
            return label.picture();
        }

        @Override
        public String kind() {
            return "uncertain picture";
        }
    }

    /**
     * An alarm.
     *
     * @param shown the picture that decided; of an alarm that none did, the last of those that had raised it
     */
    record Signal(Alarm alarm, AlarmPicture shown) implements Claim {
        @Override
        public SourcePosition source() {
            return Alarms.source(shown);
        }

        @Override
        public String modelSha256() {
            return shown.getModelSha256();
        }

        @Override
        public int picture() {
            return shown.getPicture();
        }

        @Override
        public String kind() {
            return "alarm of rule " + alarm.getRule() + ", " + alarm.getKind() + " for camera " + alarm.getCameraId()
                    + ",";
        }
    }

    /** An embedding. */
    record Point(Embedding answer) implements Claim {
        @Override
        public SourcePosition source() {
            return new SourcePosition(
                    answer.getLineage().getSourceTopic(),
                    answer.getLineage().getSourcePartition(),
                    answer.getLineage().getSourceOffset());
        }

        @Override
        public String modelSha256() {
            return answer.getLineage().getModelSha256();
        }

        @Override
        public Optional<String> engine() {
            return Optional.of(answer.getLineage().getEngine());
        }

        @Override
        public int picture() {
            return answer.getPayload().getPicture();
        }
    }

    /**
     * A dead letter.
     *
     * @param stage where the frame failed
     * @param code why
     */
    record Rejection(SourcePosition source, String modelSha256, String stage, String code) implements Claim {}

    /** A frame that was left out on purpose; no model answered. */
    record LeftOut(Drop drop) implements Claim {
        @Override
        public SourcePosition source() {
            return new SourcePosition(drop.getSourceTopic(), drop.getSourcePartition(), drop.getSourceOffset());
        }

        @Override
        public String modelSha256() {
            return "";
        }
    }

    /**
     * Reads an output record.
     *
     * @param serde the serde's configuration
     * @throws ProcessorFailedException when it is no answer
     */
    static Claim read(ConsumerRecord<byte[], byte[]> record, Map<String, String> serde) {
        if (record.headers().lastHeader(DeadLetters.TOPIC) != null) {
            return new Rejection(
                    new SourcePosition(
                            text(record, DeadLetters.TOPIC),
                            Integer.parseInt(text(record, DeadLetters.PARTITION)),
                            Long.parseLong(text(record, DeadLetters.OFFSET))),
                    text(record, DeadLetters.MODEL_SHA256),
                    text(record, DeadLetters.STAGE),
                    text(record, DeadLetters.CODE));
        }
        Map<String, String> config = new HashMap<>(serde);
        config.put("specific.avro.reader", "true");
        try (AvroDeserializer<IndexedRecord> deserializer = new AvroDeserializer<>()) {
            deserializer.configure(config, false);
            IndexedRecord answer = deserializer.deserialize(record.topic(), record.value());
            if (answer instanceof Classification label) {
                return new Label(label);
            } else if (answer instanceof Embedding point) {
                return new Point(point);
            } else if (answer instanceof Drop drop) {
                return new LeftOut(drop);
            } else if (answer instanceof Uncertain uncertain) {
                return new Doubted(uncertain);
            } else if (answer instanceof Alarm alarm) {
                return new Signal(
                        alarm,
                        Alarms.named(alarm)
                                .orElseThrow(() -> new ProcessorFailedException(
                                        place(record) + " is an alarm that names no picture", null)));
            }
            throw new ProcessorFailedException(
                    place(record) + " holds "
                            + (answer == null
                                    ? "no value"
                                    : "a " + answer.getSchema().getFullName())
                            + TAKEN,
                    null);
        } catch (SerializationException e) {
            throw new ProcessorFailedException(place(record) + " is no answer: " + e.getMessage() + TAKEN, e);
        }
    }

    private static String place(ConsumerRecord<?, ?> record) {
        return new SourcePosition(record.topic(), record.partition(), record.offset()).toString();
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        if (header == null || header.value() == null) {
            throw new ProcessorFailedException(
                    place(record) + " is a dead letter without the header " + key + ": not one of Patchstream's", null);
        }
        return new String(header.value(), UTF_8);
    }
}
