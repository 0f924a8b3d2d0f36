package io.patchstream.stream.ledger;

import io.patchstream.stream.ledger.Finding.Kind;
import io.patchstream.stream.lookup.SourceRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * The answers of one source partition within a range: what was answered, what twice, and in the end what not. Takes about
 * three bits for each picture, and an object only for what is wrong. For one thread.
 */
final class PartitionBook {
    /** Findings that are kept; more are counted. */
    static final int KEPT = 10_000;

    /** No closed group of pictures is longer; a larger number would only take memory. */
    private static final int MAX_PICTURES = 1 << 16;

    /** An id, an offset and their place in a map, about. */
    private static final long ALARM_BYTES = 160;

    /** The picture that decided an alarm. */
    private record Decided(long offset, int picture) {}

    /** Looks into the source: shows the offsets of a range's records, as far as they are asked for. */
    interface Source {
        void records(long first, long end, LongConsumer each);
    }

    private final SourceRange range;
    private final PictureSet labels = new PictureSet();
    private final PictureSet embeddings = new PictureSet();
    private final PictureSet reused = new PictureSet();
    private final OffsetSet deadLetters = new OffsetSet();

    /** Records that were left out, by the reason. */
    private final SortedMap<String, OffsetSet> drops = new TreeMap<>();

    /** What follows from labels, and is no answer itself. */
    private final PictureSet uncertain = new PictureSet();

    private final PictureSet inAlarms = new PictureSet();

    /** What decided, by the alarm's id. */
    private final Map<String, Decided> alarms = new HashMap<>();

    /** Those that should be there. */
    private final Map<String, Decided> expectedAlarms = new HashMap<>();

    /** Every record that is known of by an answer. */
    private final OffsetSet known = new OffsetSet();

    /** Records of cameras that were not asked for: they have an answer, and nobody asks which. */
    private final OffsetSet others = new OffsetSet();

    /** Dead letters and drops that stand for more than one picture. */
    private final Map<Long, Integer> deadPictures = new HashMap<>();

    private final Map<Long, Integer> droppedPictures = new HashMap<>();

    private final TreeSet<Finding> findings = new TreeSet<>();
    private long findingCount;
    private long lowest = Long.MAX_VALUE;
    private long due;
    private long unanswered;
    private long expiredAnswers;
    private long expired;

    PartitionBook(SourceRange range) {
        this.range = range;
    }

    SourceRange range() {
        return range;
    }

    void label(long offset, int picture, boolean isReused) {
        if (isCounted(offset) && isPossible(offset, picture)) {
            known.add(offset);
            if (!labels.add(offset, picture)) {
                found(offset, picture, Kind.TWO_LABELS);
            } else if (isReused) {
                reused.add(offset, picture);
            }
        }
    }

    void embedding(long offset, int picture) {
        if (isCounted(offset) && isPossible(offset, picture)) {
            known.add(offset);
            if (!embeddings.add(offset, picture)) {
                found(offset, picture, Kind.TWO_EMBEDDINGS);
            }
        }
    }

    /**
     * A dead letter.
     *
     * @param pictures how many pictures its record said that it has; 1 when it could not be read
     */
    void deadLetter(long offset, int pictures) {
        if (isCounted(offset)) {
            known.add(offset);
            if (!deadLetters.add(offset)) {
                found(offset, 0, Kind.TWO_DEAD_LETTERS);
            } else if (pictures > 1) {
                deadPictures.put(offset, pictures);
            }
        }
    }

    /**
     * A drop.
     *
     * @param pictures how many pictures its record says that it has
     */
    void drop(long offset, int pictures, String reason) {
        if (isCounted(offset)) {
            known.add(offset);
            if (drops.values().stream().anyMatch(others -> others.contains(offset))) {
                found(offset, 0, Kind.TWO_DROPS);
                return;
            }
            drops.computeIfAbsent(reason, key -> new OffsetSet()).add(offset);
            if (pictures > 1) {
                droppedPictures.put(offset, pictures);
            }
        }
    }

    /** A picture that was found uncertain: a second output of its label, and no answer. */
    void uncertain(long offset, int picture) {
        if (isInRange(offset) && isPossible(offset, picture) && !uncertain.add(offset, picture)) {
            found(offset, picture, Kind.TWO_UNCERTAIN);
        }
    }

    /** An alarm, of the label that decided. */
    void alarm(String id, long offset, int picture) {
        if (isInRange(offset) && alarms.putIfAbsent(id, new Decided(offset, picture)) != null) {
            found(offset, picture, Kind.TWO_ALARMS);
        }
    }

    /** An alarm that follows from the labels. */
    void expectAlarm(String id, long offset, int picture) {
        if (isInRange(offset)) {
            expectedAlarms.put(id, new Decided(offset, picture));
        }
    }

    /** A picture that an alarm names. */
    void inAlarm(long offset, int picture) {
        if (isInRange(offset) && isPossible(offset, picture)) {
            inAlarms.add(offset, picture);
        }
    }

    /** An answer for a camera that is not asked for. */
    void other(long offset) {
        if (isInRange(offset)) {
            others.add(offset);
        }
    }

    private boolean isCounted(long offset) {
        if (offset < range.beginning()) {
            expired++;
        }
        return isInRange(offset);
    }

    boolean isInRange(long offset) {
        return offset >= range.first() && offset < range.end();
    }

    private boolean isPossible(long offset, int picture) {
        if (picture >= 0 && picture < MAX_PICTURES) {
            return true;
        }
        known.add(offset);
        found(offset, picture, Kind.WRONG_NUMBER);
        return false;
    }

    private void found(long offset, int picture, Kind kind) {
        lowest = Math.min(lowest, offset);
        if (findings.size() >= KEPT || findings.add(new Finding(offset, picture, kind))) {
            findingCount++;
        }
    }

    /**
     * Finds what is missing, once every answer has been entered.
     *
     * @param committed what the group had committed before the answers were read: from there on a record may still be
     *     under way, and nothing is missing yet
     * @param trimmed whether answers may have expired: then the oldest records of the partition, up to the first that
     *     has one, are not held against anybody
     * @param source asked only for the offsets that have no answer: transactions' markers and aborted records are among
     *     them
     */
    void settle(long committed, boolean trimmed, Source source) {
        due = Math.max(range.first(), Math.min(committed, range.end()));
        long firstKnown = Math.min(known.next(range.first(), due), others.next(range.first(), due));
        long at = nextGap(range.first(), due);
        while (at < due) {
            long gapEnd = Math.min(known.next(at, due), others.next(at, due));
            boolean isExpired = trimmed && at < firstKnown;
            source.records(at, gapEnd, offset -> {
                if (isExpired) {
                    expiredAnswers++;
                } else {
                    unanswered++;
                    found(offset, 0, Kind.NO_ANSWER);
                }
            });
            at = nextGap(gapEnd, due);
        }
        findIncomplete();
        findDroppedAndAnswered();
        // A label that has expired cannot be asked for.
        long firstLabel = trimmed ? labels.nextWith(0, range.first(), due) : range.first();
        findWithoutLabel(uncertain, firstLabel, Kind.UNCERTAIN_WITHOUT_LABEL);
        findWithoutLabel(inAlarms, firstLabel, Kind.ALARM_WITHOUT_LABEL);
    }

    /**
     * Finds which alarms are missing and which are there for no reason, once all is entered and settled.
     *
     * @param trimmed whether alarms may have expired: then those before the first that is there are not missed
     * @return whether it could: not where labels have expired from which alarms may follow
     */
    boolean compareAlarms(boolean trimmed) {
        if (expiredAnswers > 0) {
            return false;
        }
        long first = !trimmed
                ? range.first()
                : alarms.values().stream().mapToLong(Decided::offset).min().orElse(due);
        expectedAlarms.forEach((id, decided) -> {
            if (decided.offset() >= first && decided.offset() < due && !alarms.containsKey(id)) {
                found(decided.offset(), decided.picture(), Kind.NO_ALARM);
            }
        });
        alarms.forEach((id, decided) -> {
            if (decided.offset() < due && !expectedAlarms.containsKey(id)) {
                found(decided.offset(), decided.picture(), Kind.UNFOUNDED_ALARM);
            }
        });
        return true;
    }

    private void findWithoutLabel(PictureSet pictures, long first, Kind kind) {
        for (int picture = 0; picture <= pictures.maxNumber(); picture++) {
            for (long at = pictures.next(picture, first, due); at < due; at = pictures.next(picture, at + 1, due)) {
                if (!labels.contains(at, picture)) {
                    found(at, picture, kind);
                }
            }
        }
    }

    private void findDroppedAndAnswered() {
        for (OffsetSet dropped : drops.values()) {
            for (long at = dropped.next(range.first(), due); at < due; at = dropped.next(at + 1, due)) {
                if (deadLetters.contains(at) || nextWith(0, at, at + 1) == at) {
                    found(at, 0, Kind.DROP_AND_ANSWER);
                }
            }
        }
    }

    /** Pictures whose embedding is missing, as far as they are kept. */
    List<Finding> lackingEmbeddings() {
        return findings.stream()
                .filter(finding -> finding.kind() == Kind.NO_EMBEDDING)
                .toList();
    }

    /** Forgets a finding that turned out to be none. */
    void withdraw(Finding finding) {
        if (findings.remove(finding)) {
            findingCount--;
        }
    }

    /** How the partition stands, once it is settled. */
    PartitionBalance balance() {
        long worst = findingCount > findings.size()
                ? lowest
                : findings.isEmpty() ? due : findings.first().offset();
        long balancedTo = Math.min(due, worst);
        return new PartitionBalance(
                range,
                due,
                tally(range.first(), due).plus(Tally.ofRecords(unanswered + expiredAnswers)),
                tally(range.first(), balancedTo),
                balancedTo,
                known.count(due, range.end()),
                expired,
                expiredAnswers,
                uncertain.count(range.first(), due),
                alarms.values().stream()
                        .filter(decided -> decided.offset() < due)
                        .count(),
                findingCount,
                new ArrayList<>(findings),
                labels.bytes()
                        + embeddings.bytes()
                        + reused.bytes()
                        + known.bytes()
                        + others.bytes()
                        + uncertain.bytes()
                        + inAlarms.bytes()
                        + (alarms.size() + expectedAlarms.size()) * ALARM_BYTES
                        + drops.values().stream().mapToLong(OffsetSet::bytes).sum());
    }

    private long nextGap(long from, long end) {
        long at = from;
        while (at < end) {
            long next = others.nextAbsent(known.nextAbsent(at, end), end);
            if (next == at) {
                return at;
            }
            at = next;
        }
        return end;
    }

    /** A picture is due when a later one, or its other half, is there; offsets still under way may be half read. */
    private void findIncomplete() {
        int pictures = Math.max(labels.maxNumber(), embeddings.maxNumber()) + 1;
        for (int picture = 0; picture < pictures; picture++) {
            long at = nextWith(picture, range.first(), due);
            while (at < due) {
                if (!labels.contains(at, picture)) {
                    found(at, picture, Kind.NO_LABEL);
                }
                if (!embeddings.contains(at, picture)) {
                    found(at, picture, Kind.NO_EMBEDDING);
                }
                if (picture == 0 && deadLetters.contains(at)) {
                    found(at, 0, Kind.LABEL_AND_DEAD_LETTER);
                }
                at = nextWith(picture, at + 1, due);
            }
        }
    }

    private long nextWith(int picture, long from, long end) {
        return Math.min(labels.nextWith(picture, from, end), embeddings.nextWith(picture, from, end));
    }

    private Tally tally(long first, long end) {
        long more = more(deadPictures, offset -> offset >= first && offset < end);
        long all = labels.count(first, end);
        long again = reused.count(first, end);
        SortedMap<String, Long> dropped = new TreeMap<>();
        drops.forEach((reason, offsets) -> {
            long pictures = offsets.count(first, end)
                    + more(droppedPictures, offset -> offset >= first && offset < end && offsets.contains(offset));
            if (pictures > 0) {
                dropped.put(reason, pictures);
            }
        });
        return new Tally(known.count(first, end), all - again, again, dropped, deadLetters.count(first, end) + more);
    }

    /** Pictures beyond the first of the records that count. */
    private static long more(Map<Long, Integer> pictures, LongPredicate counts) {
        return pictures.entrySet().stream()
                .filter(entry -> counts.test(entry.getKey()))
                .mapToLong(entry -> entry.getValue() - 1L)
                .sum();
    }
}
