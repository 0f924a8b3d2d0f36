package io.patchstream.stream.examples;

import io.patchstream.stream.examples.LabelBook.Corrected;
import io.patchstream.stream.examples.LabelBook.Labelled;
import io.patchstream.stream.examples.LabelBook.Said;
import io.patchstream.stream.frame.EncodedFrame;
import io.patchstream.stream.frame.FrameHead;
import io.patchstream.stream.frame.RejectedFrameException;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.topology.FrameRecords;
import io.patchstream.vision.examples.ManifestRow;
import io.patchstream.vision.model.Sha256;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes a row for each picture of which something is said, in the order of the log, and counts all others: the same log
 * gives the same manifest. For one thread.
 */
final class TopicManifest {
    private static final int TOLD = 10;

    /** What became of a picture, or of a whole record. */
    enum Fate {
        /** Listed, as somebody corrected it. */
        CORRECTED,
        /** Listed, as the frame's attribute says. */
        ATTRIBUTE,
        /** Listed, as the model answered. */
        LABELLED,
        /** Nothing is said of it. */
        UNSAID,
        /** The model was less sure than asked for. */
        UNSURE,
        /** A correction says that nothing should be learnt from it. */
        EXCLUDED,
        /** The record is no frame. */
        UNREADABLE
    }

    /**
     * What to take.
     *
     * @param attribute the frame's attribute that holds a label; empty for none
     * @param minProbability of a model's label
     */
    record Choice(String attribute, double minProbability) {}

    private final FrameRecords frames;
    private final LabelBook book;
    private final Choice choice;
    private final BufferedWriter out;
    private final FrameStore store;
    private final Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
    private final List<String> faults = new ArrayList<>();

    /** @param store where payloads go; null for nowhere */
    TopicManifest(FrameRecords frames, LabelBook book, Choice choice, BufferedWriter out, FrameStore store) {
        this.frames = frames;
        this.book = book;
        this.choice = choice;
        this.out = out;
        this.store = store;
    }

    /** Adds the pictures of one record. */
    void add(ConsumerRecord<byte[], byte[]> record) {
        SourcePosition source = new SourcePosition(record.topic(), record.partition(), record.offset());
        try {
            EncodedFrame frame = frames.read(record);
            FrameHead head = frame.head();
            String sha256 = null;
            for (int picture = 0; picture < head.pictures(); picture++) {
                PicturePlace place = new PicturePlace(source, picture);
                Optional<String> label = label(place, head);
                if (label.isPresent()) {
                    ByteBuffer payload = frame.payload();
                    if (sha256 == null) {
                        sha256 = Sha256.of(payload);
                        if (store != null) {
                            store.put(sha256, payload);
                        }
                    }
                    out.write(row(place, label.get(), head, sha256).toJson());
                    out.write('\n');
                }
            }
        } catch (RejectedFrameException e) {
            fates.merge(Fate.UNREADABLE, 1, Integer::sum);
            if (faults.size() < TOLD) {
                faults.add(e.getMessage());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ManifestRow row(PicturePlace place, String label, FrameHead head, String sha256) {
        Instant time = Instant.EPOCH.plus(head.capturedAtMicros(), ChronoUnit.MICROS);
        return new ManifestRow(place.uri(), place.picture(), label, "", "", head.cameraId(), Optional.of(time), sha256);
    }

    private Optional<String> label(PicturePlace place, FrameHead head) {
        Optional<Said> said = book.of(place, head.frameId());
        if (said.isPresent() && said.get() instanceof Corrected corrected) {
            return counted(corrected.label().isPresent() ? Fate.CORRECTED : Fate.EXCLUDED, corrected.label());
        }
        String attribute =
                head.attributes().getOrDefault(choice.attribute(), "").strip();
        if (!attribute.isEmpty()) {
            return counted(Fate.ATTRIBUTE, Optional.of(attribute));
        }
        if (said.isPresent() && said.get() instanceof Labelled labelled) {
            boolean sure = labelled.probability() >= choice.minProbability();
            return counted(sure ? Fate.LABELLED : Fate.UNSURE, sure ? Optional.of(labelled.label()) : Optional.empty());
        }
        return counted(Fate.UNSAID, Optional.empty());
    }

    private Optional<String> counted(Fate fate, Optional<String> label) {
        fates.merge(fate, 1, Integer::sum);
        return label;
    }

    int count(Fate fate) {
        return fates.getOrDefault(fate, 0);
    }

    /** How many pictures are listed. */
    int listed() {
        return count(Fate.CORRECTED) + count(Fate.ATTRIBUTE) + count(Fate.LABELLED);
    }

    /** Of the first records that are no frames, why. */
    List<String> faults() {
        return List.copyOf(faults);
    }
}
