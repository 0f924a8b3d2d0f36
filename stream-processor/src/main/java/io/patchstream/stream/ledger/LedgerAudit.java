package io.patchstream.stream.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.patchstream.schemas.Alarm;
import io.patchstream.schemas.AlarmPicture;
import io.patchstream.schemas.AnswerLineage;
import io.patchstream.schemas.Classification;
import io.patchstream.schemas.Drop;
import io.patchstream.schemas.Embedding;
import io.patchstream.schemas.EmbeddingLineage;
import io.patchstream.schemas.Frame;
import io.patchstream.schemas.Origin;
import io.patchstream.schemas.PointIds;
import io.patchstream.schemas.Uncertain;
import io.patchstream.schemas.serde.AvroDeserializer;
import io.patchstream.stream.frame.Stage;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.publish.Alarms;
import io.patchstream.stream.publish.DeadLetters;
import io.patchstream.stream.publish.PointJson;
import io.patchstream.stream.settings.InputSettings;
import io.patchstream.stream.settings.OutputSettings;
import io.patchstream.stream.settings.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;

/**
 * Reads all answers and enters them into the books of their source partitions, then looks into the source where an answer
 * is missing. Reads no frame that has its answer.
 *
 * <p>Exact while the pipeline runs, by the order of reading: first what the group has committed, then the outputs up to
 * where they end after that. An answer travels in the transaction of its offset, so whatever was committed at the first is
 * there at the second.
 */
final class LedgerAudit implements AutoCloseable {
    private final Settings settings;
    private final Lookup lookup;
    private final Optional<String> camera;
    private final AvroDeserializer<Classification> classifications = new AvroDeserializer<>(Classification.class);
    private final AvroDeserializer<Embedding> points = new AvroDeserializer<>(Embedding.class);
    private final AvroDeserializer<Drop> drops = new AvroDeserializer<>(Drop.class);
    private final AvroDeserializer<Uncertain> uncertain = new AvroDeserializer<>(Uncertain.class);
    private final AvroDeserializer<Alarm> alarms = new AvroDeserializer<>(Alarm.class);
    private final AvroDeserializer<Frame> frames = new AvroDeserializer<>(Frame.class);
    private final Map<TopicPartition, PartitionBook> books = new HashMap<>();

    /** Empty where it is not asked for. */
    private final Optional<ExpectedAlarms> expectedAlarms;

    /**
     * An audit that takes alarms as they are.
     *
     * @param lookup reads; borrowed
     * @param camera the camera asked for; empty for all
     */
    LedgerAudit(Settings settings, Lookup lookup, Optional<String> camera) {
        this(settings, lookup, camera, false);
    }

    /**
     * An audit.
     *
     * @param lookup reads; borrowed
     * @param camera the camera asked for; empty for all
     * @param workOutAlarms whether alarms must be just those that the rules give over the range's labels
     */
    LedgerAudit(Settings settings, Lookup lookup, Optional<String> camera, boolean workOutAlarms) {
        this.expectedAlarms =
                workOutAlarms ? Optional.of(new ExpectedAlarms(settings.rules().rules())) : Optional.empty();
        this.settings = settings;
        this.lookup = lookup;
        this.camera = camera;
        Map<String, String> serde = settings.serde().config();
        classifications.configure(serde, false);
        points.configure(serde, false);
        drops.configure(serde, false);
        uncertain.configure(serde, false);
        alarms.configure(serde, false);
        frames.configure(serde, false);
    }

    /** How {@code ranges} stand. */
    LedgerReport audit(List<SourceRange> ranges) {
        OutputSettings output = settings.output();
        Map<TopicPartition, Long> committed = lookup.committed(settings.stream().applicationId());
        ranges.forEach(range -> books.put(range.partition(), new PartitionBook(range)));
        long bytes = lookup.readAll(output.labels(), this::label)
                + lookup.readAll(points(output), this::embedding)
                + lookup.readAll(output.deadLetters(), this::deadLetter)
                + (lookup.exists(output.drops()) ? lookup.readAll(output.drops(), this::drop) : 0)
                + extras();
        boolean trimmed = lookup.isTrimmed(output.labels())
                || lookup.isTrimmed(output.deadLetters())
                || (lookup.exists(output.drops()) && lookup.isTrimmed(output.drops()));
        for (SourceRange range : ranges) {
            books.get(range.partition())
                    .settle(
                            committed.getOrDefault(range.partition(), 0L),
                            trimmed,
                            (first, end, each) -> lookup.scan(range.partition(), first, end, record -> {
                                if (isAskedFor(key(record))) {
                                    each.accept(record.offset());
                                }
                            }));
        }
        forgiveSuperseded();
        String workedOut = expectedAlarms.map(this::compareAlarms).orElse("");
        return new LedgerReport(
                settings.stream().applicationId(),
                ranges.stream()
                        .map(range -> books.get(range.partition()).balance())
                        .toList(),
                settings.uncertain().isOn(),
                settings.rules().isOn(),
                workedOut,
                bytes);
    }

    /** Holds alarms against the labels, and says how far that was possible. */
    private String compareAlarms(ExpectedAlarms expected) {
        String topic = settings.rules().topic();
        if (expected.hasOwnTimes()) {
            return "the alarms were not worked out again: " + settings.output().labels()
                    + " has times of its own, and not the frames'";
        }
        boolean trimmed = lookup.exists(topic) && lookup.isTrimmed(topic);
        long without = books.values().stream()
                .filter(book -> !book.compareAlarms(trimmed))
                .count();
        return "the alarms were worked out again from the labels"
                + (without == 0 ? "" : ", but for " + without + " partitions whose labels are gone in part");
    }

    /** What the settings ask for beside answers; no answers, but each belongs to a label. Read after the labels. */
    private long extras() {
        long bytes = 0;
        if (settings.uncertain().isOn() && lookup.exists(settings.uncertain().topic())) {
            bytes += lookup.readAll(settings.uncertain().topic(), this::uncertain);
        }
        if (settings.rules().isOn() && lookup.exists(settings.rules().topic())) {
            bytes += lookup.readAll(settings.rules().topic(), this::alarm);
        }
        return bytes;
    }

    private boolean isAskedFor(String of) {
        return camera.map(asked -> asked.equals(of)).orElse(true);
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), UTF_8);
    }

    private Optional<PartitionBook> book(String topic, int partition) {
        return Optional.ofNullable(books.get(new TopicPartition(topic, partition)));
    }

    private void label(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        Classification label = classifications.deserialize(record.topic(), record.value());
        AnswerLineage lineage = label.getLineage();
        book(lineage.getSourceTopic(), lineage.getSourcePartition()).ifPresent(book -> {
            if (isAskedFor(label.getCameraId())) {
                book.label(lineage.getSourceOffset(), label.getPicture(), lineage.getOrigin() == Origin.REUSED);
                expectedAlarms.ifPresent(expected -> expected.label(record, label, book));
            } else {
                book.other(lineage.getSourceOffset());
            }
        });
    }

    private void embedding(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        Embedding point = settings.output().format().hasAvro()
                ? points.deserialize(record.topic(), record.value())
                : PointJson.read(record.value());
        EmbeddingLineage lineage = point.getLineage();
        book(lineage.getSourceTopic(), lineage.getSourcePartition()).ifPresent(book -> {
            if (isAskedFor(point.getPayload().getCamera())) {
                book.embedding(lineage.getSourceOffset(), point.getPayload().getPicture());
            } else {
                book.other(lineage.getSourceOffset());
            }
        });
    }

    private void uncertain(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        Classification label =
                uncertain.deserialize(record.topic(), record.value()).getAnswer();
        AnswerLineage lineage = label.getLineage();
        if (isAskedFor(label.getCameraId())) {
            book(lineage.getSourceTopic(), lineage.getSourcePartition())
                    .ifPresent(book -> book.uncertain(lineage.getSourceOffset(), label.getPicture()));
        }
    }

    /** One that a changed rule cleared is of the picture that had raised it. */
    private void alarm(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        Alarm alarm = alarms.deserialize(record.topic(), record.value());
        if (!isAskedFor(alarm.getCameraId())) {
            return;
        }
        Alarms.named(alarm)
                .ifPresent(decided -> book(decided)
                        .ifPresent(book -> book.alarm(alarm.getId(), decided.getSourceOffset(), decided.getPicture())));
        List<AlarmPicture> pictures = new ArrayList<>(alarm.getRaisedBy());
        Alarms.deciding(alarm).ifPresent(pictures::add);
        pictures.forEach(picture ->
                book(picture).ifPresent(book -> book.inAlarm(picture.getSourceOffset(), picture.getPicture())));
    }

    private Optional<PartitionBook> book(AlarmPicture picture) {
        return book(picture.getSourceTopic(), picture.getSourcePartition());
    }

    /** Where embeddings are counted; the JSON form travels in the Avro form's transaction when there are both. */
    private static String points(OutputSettings output) {
        return output.format().hasAvro() ? output.embeddings() : output.embeddingsJson();
    }

    private void drop(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        Drop drop = drops.deserialize(record.topic(), record.value());
        book(drop.getSourceTopic(), drop.getSourcePartition()).ifPresent(book -> {
            if (isAskedFor(drop.getCameraId())) {
                book.drop(
                        drop.getSourceOffset(),
                        drop.getPictures(),
                        drop.getReason().name());
            } else {
                book.other(drop.getSourceOffset());
            }
        });
    }

    private void deadLetter(ConsumerRecord<byte[], byte[]> record) {
        Optional<String> topic = text(record, DeadLetters.TOPIC);
        Optional<Integer> partition =
                text(record, DeadLetters.PARTITION).flatMap(LedgerAudit::number).map(Long::intValue);
        Optional<Long> offset = text(record, DeadLetters.OFFSET).flatMap(LedgerAudit::number);
        if (topic.isEmpty() || partition.isEmpty() || offset.isEmpty()) {
            return;
        }
        book(topic.get(), partition.get()).ifPresent(book -> {
            if (isAskedFor(key(record))) {
                book.deadLetter(offset.get(), pictures(record));
            } else {
                book.other(offset.get());
            }
        });
    }

    /** What the record's head says, if it has one. */
    private int pictures(ConsumerRecord<byte[], byte[]> record) {
        boolean read = text(record, DeadLetters.STAGE)
                .filter(stage -> !stage.equals(Stage.READ.name()))
                .isPresent();
        if (!read || record.value() == null || settings.input().format() == InputSettings.Format.IMAGE) {
            return 1;
        }
        try {
            return Math.max(
                    1, frames.deserialize(record.topic(), record.value()).getPictures());
        } catch (SerializationException e) {
            // Of another format than this check was told of: one answer is what it has.
            return 1;
        }
    }

    private static Optional<String> text(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    /**
     * Embeddings are compacted: of the same picture of the same frame, sent in twice, the newest stays. A picture whose
     * point is there under another offset lacks nothing.
     */
    private void forgiveSuperseded() {
        Map<TopicPartition, Set<Finding>> lacking = new HashMap<>();
        books.forEach((partition, book) -> {
            Set<Finding> findings = new HashSet<>(book.lackingEmbeddings());
            if (!findings.isEmpty()) {
                lacking.put(partition, findings);
            }
        });
        if (lacking.isEmpty()) {
            return;
        }
        Map<String, List<Superseded>> byPoint = new HashMap<>();
        lookup.readAll(settings.output().labels(), record -> {
            if (record.value() == null) {
                return;
            }
            Classification label = classifications.deserialize(record.topic(), record.value());
            AnswerLineage lineage = label.getLineage();
            TopicPartition source = new TopicPartition(lineage.getSourceTopic(), lineage.getSourcePartition());
            Finding finding = new Finding(lineage.getSourceOffset(), label.getPicture(), Finding.Kind.NO_EMBEDDING);
            if (lacking.getOrDefault(source, Set.of()).contains(finding)) {
                String point = PointIds.of(
                                label.getCameraId(), label.getFrameId(), label.getPicture(), lineage.getModelSha256())
                        .toString();
                byPoint.computeIfAbsent(point, id -> new ArrayList<>()).add(new Superseded(source, finding));
            }
        });
        lookup.readAll(points(settings.output()), record -> {
            Collection<Superseded> superseded = byPoint.getOrDefault(key(record), List.of());
            superseded.forEach(one -> books.get(one.source()).withdraw(one.finding()));
        });
    }

    private record Superseded(TopicPartition source, Finding finding) {}

    @Override
    public void close() {
        classifications.close();
        points.close();
        drops.close();
        uncertain.close();
        alarms.close();
        frames.close();
    }
}
