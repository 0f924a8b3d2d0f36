package io.patchstream.stream.page;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What is looked up only when somebody asks, since it reads topics or the registry, and may take minutes. Used by one thread at a time,
 * but for the registry's subjects, which another may ask for meanwhile. Each method throws {@link DeskException} when it cannot tell.
 */
public interface PipelineDesk {
    /** The newest dead letters of the topic, whichever processor wrote them. */
    DeadLetterList deadLetters();

    /**
     * Sends frames in again, each once, however often it is asked to.
     *
     * @param places of dead letters, {@code partition:offset}
     */
    Replayed replay(Set<String> places);

    /** Whether each frame has its answer. */
    LedgerState ledger();

    /** The subjects of the records that are read and written. */
    List<Subject> subjects();

    /** The alarms, always the same book; it may be asked from any thread, and whoever serves the desk closes it. */
    AlarmBook alarms();

    /**
     * Dead letters of the topic.
     *
     * @param topic where they lie
     * @param letters the newest first
     * @param reasons how many there are of each reason, among those that were read
     * @param read how many were read
     * @param complete whether these are all
     */
    record DeadLetterList(
            String topic, List<Buried> letters, SortedMap<String, Integer> reasons, int read, boolean complete) {}

    /**
     * A dead letter.
     *
     * @param place its partition and offset among dead letters: {@code 0:17}
     * @param atMillis its frame's time, since the epoch
     * @param reason stage and code: {@code DECODE/JPEG}
     * @param message why, in a sentence
     * @param camera by the record's key
     * @param source where it was read; empty when it does not say
     * @param attempts how often the frame had been sent in again before it died this time
     * @param sentInAgain whether it was sent in again since
     */
    record Buried(
            String place,
            long atMillis,
            String reason,
            String message,
            String camera,
            String source,
            int attempts,
            boolean sentInAgain) {}

    /**
     * What became of frames that were to be sent in again.
     *
     * @param sent in again now
     * @param before in again already
     * @param refused why, one by one
     */
    record Replayed(int sent, int before, List<String> refused) {}

    /**
     * How the source stands.
     *
     * @param group whose answers these are
     * @param balanced whether each record that is due has exactly one answer
     * @param records frame records that are due
     * @param labelled their pictures with labels
     * @param dropped their pictures that were left out on purpose
     * @param deadLettered their pictures in dead letters
     * @param inFlight offsets whose answers are not yet committed
     * @param wrong answers that are missing or too many
     * @param partitions each partition
     * @param bytesRead keys and values of answers that were read
     */
    record LedgerState(
            String group,
            boolean balanced,
            long records,
            long labelled,
            long dropped,
            long deadLettered,
            long inFlight,
            long wrong,
            List<PartitionState> partitions,
            long bytesRead) {}

    /**
     * How one partition stands.
     *
     * @param partition topic and number: {@code frames-0}
     * @param records that are due
     * @param inFlight offsets whose answers are not yet committed
     * @param wrong how many answers are missing or too many
     * @param findings the first of them, in words
     */
    record PartitionState(String partition, long records, long inFlight, long wrong, List<String> findings) {}

    /**
     * A subject of the registry.
     *
     * @param subject its name
     * @param topic whose records it is for
     * @param record the record type's full name
     * @param versions the numbers of its versions; none before the first record is written
     * @param id of the newest schema
     */
    record Subject(String subject, String topic, String record, List<Integer> versions, Optional<Integer> id) {}
}
