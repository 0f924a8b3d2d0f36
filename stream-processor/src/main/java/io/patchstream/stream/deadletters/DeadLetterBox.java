package io.patchstream.stream.deadletters;

import io.patchstream.stream.deadletters.ReplayRules.Told;
import io.patchstream.stream.lookup.Bound;
import io.patchstream.stream.lookup.Lookup;
import io.patchstream.stream.lookup.SourceRange;
import io.patchstream.stream.publish.SourcePosition;
import io.patchstream.stream.settings.Settings;
import io.patchstream.stream.topics.TopicPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The newest dead letters of an application, and their way back: what {@code dlq list} and {@code dlq replay} do, for
 * other programs. Each method throws {@link io.patchstream.stream.run.ProcessorFailedException} when Kafka does not let it.
 */
public final class DeadLetterBox {
    /** The header of a frame that was sent in again: how often it was. */
    public static final String ATTEMPTS = DeadLetter.ATTEMPTS;

    /** How often a frame may be sent in again; that of {@code dlq replay}. */
    public static final int MOST_ATTEMPTS = 3;

    private static final Comparator<Letter> NEWEST_FIRST =
            Comparator.comparingLong(Letter::atMillis).reversed().thenComparing(Letter::place);

    private final Settings settings;
    private final String topic;

    public DeadLetterBox(Settings settings) {
        this.settings = settings;
        this.topic = settings.output().deadLetters();
    }

    /**
     * A dead letter.
     *
     * @param place its {@code partition:offset} among dead letters
     * @param atMillis its frame's time, since the epoch
     * @param reason stage and code: {@code DECODE/JPEG}
     * @param message why, in a sentence
     * @param camera by the record's key
     * @param source where it was read; empty when it does not say
     * @param attempts how often the frame had been sent in again before
     * @param sentInAgain whether it was sent in again since
     */
    public record Letter(
            String place,
            long atMillis,
            String reason,
            String message,
            String camera,
            String source,
            int attempts,
            boolean sentInAgain) {}

    /**
     * Dead letters.
     *
     * @param letters the newest first
     * @param reasons how many there are of each reason
     * @param complete whether there are no others
     */
    public record Content(List<Letter> letters, SortedMap<String, Integer> reasons, boolean complete) {}

    /**
     * What became of frames that were to be sent in again.
     *
     * @param sent in again now
     * @param before in again already
     * @param refused place and why, one by one
     */
    public record Replayed(int sent, int before, List<String> refused) {}

    /**
     * The newest ones.
     *
     * @param perPartition how many offsets of each partition are read at most
     */
    public Content newest(int perPartition) {
        List<Letter> letters = new ArrayList<>();
        SortedMap<String, Integer> reasons = new TreeMap<>();
        boolean complete = true;
        try (Lookup lookup = Lookup.open(settings)) {
            ReplayMarkers markers =
                    ReplayMarkers.read(new TopicPlan(settings).replays().name(), lookup);
            for (SourceRange range : ranges(lookup)) {
                long first = Math.max(range.first(), range.end() - perPartition);
                complete &= first == range.first();
                lookup.scan(range.partition(), first, range.end(), record -> {
                    DeadLetter letter = new DeadLetter(record);
                    reasons.merge(letter.reason(), 1, Integer::sum);
                    letters.add(shown(letter, markers));
                });
            }
        }
        letters.sort(NEWEST_FIRST);
        return new Content(letters, reasons, complete);
    }

    /**
     * Sends in again those at {@code places}, each once: one that was before is left alone, and what is refused says why.
     *
     * @param places as {@link Letter#place} has them
     */
    public Replayed replay(Collection<String> places) {
        SortedMap<Integer, SortedSet<Long>> wanted = new TreeMap<>();
        places.forEach(place -> wanted.computeIfAbsent(
                        Integer.valueOf(place.substring(0, place.indexOf(':'))), any -> new TreeSet<>())
                .add(Long.valueOf(place.substring(place.indexOf(':') + 1))));
        Tellings told = new Tellings();
        try (Lookup lookup = Lookup.open(settings);
                DeadLetterReplay replay = DeadLetterReplay.open(settings, lookup, MOST_ATTEMPTS, false)) {
            for (SourceRange range : ranges(lookup)) {
                SortedSet<Long> offsets = wanted.getOrDefault(range.partition().partition(), new TreeSet<>());
                SortedSet<Long> here = new TreeSet<>(offsets.subSet(range.first(), range.end()));
                if (!here.isEmpty()) {
                    lookup.scan(range.partition(), here.first(), here.last() + 1, record -> {
                        if (offsets.remove(record.offset())) {
                            DeadLetter letter = new DeadLetter(record);
                            told.add(letter.place(), replay.replay(letter));
                        }
                    });
                }
            }
            replay.commit();
        }
        wanted.forEach((partition, offsets) ->
                offsets.forEach(offset -> told.refused.add(partition + ":" + offset + " is no longer there")));
        return new Replayed(told.sent, told.before, told.refused);
    }

    /** What was told, counted. */
    private static final class Tellings {
        private final List<String> refused = new ArrayList<>();
        private int sent;
        private int before;

        void add(String place, Told told) {
            switch (told.fate()) {
                case SENT -> sent++;
                case BEFORE -> before++;
                case REFUSED -> refused.add(place + " is refused: " + told.says());
            }
        }
    }

    private List<SourceRange> ranges(Lookup lookup) {
        return lookup.exists(topic)
                ? lookup.ranges(List.of(topic), new Bound.Earliest(), new Bound.Latest())
                : List.of();
    }

    private static Letter shown(DeadLetter letter, ReplayMarkers markers) {
        return new Letter(
                letter.place(),
                letter.record().timestamp(),
                letter.reason(),
                letter.message(),
                letter.camera(),
                letter.source().map(SourcePosition::toString).orElse(""),
                letter.attempts(),
                markers.isMarked(letter));
    }
}
