package io.patchstream.bench.fault;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of every frame of a run: what the generator knows to be on the broker, held against what is on the input topic
 * and what a read_committed consumer sees of the answers. A frame is answered once when its position has one label and one
 * embedding, or, where it is broken, one dead letter.
 *
 * <p>A frame that was sent and not acknowledged may be on the input topic or not, and must be answered if it is there.
 */
final class Accounts {
    /** The places of a frame on the topics. */
    private static final class Entry {
        private long number = -1;
        private boolean acknowledged;
        private int labels;
        private int embeddings;
        private int deadLetters;
        private int uncertainDue;
        private int uncertain;
    }

    /** How much of a camera's window is spent. */
    private record Budget(long window, int spent) {}

    /**
     * The result; each list names frames.
     *
     * @param acknowledged frames that the broker has acknowledged
     * @param unacknowledged frames on the input topic of whose acknowledgement the generator did not live to know
     * @param labels labels read
     * @param embeddings embeddings read
     * @param deadLetters dead letters read
     * @param uncertain uncertain pictures read
     * @param forgotten acknowledged and not on the input topic
     * @param lost without an answer
     * @param duplicated with more than one answer
     * @param outOfOrder labels after a later one of the same camera
     * @param wrong answers for positions where no frame is, of another frame, or of the wrong kind or content
     * @param misremembered uncertain pictures that are missing, twice, or beyond their camera's budget: the processors' state
     *     has lost something, or kept what was aborted
     */
    record Verdict(
            long acknowledged,
            long unacknowledged,
            long labels,
            long embeddings,
            long deadLetters,
            long uncertain,
            List<String> forgotten,
            List<String> lost,
            List<String> duplicated,
            List<String> outOfOrder,
            List<String> wrong,
            List<String> misremembered) {
        /** Nothing lost, nothing twice, nothing wrong, all in order. */
        boolean isExact() {
            return forgotten.isEmpty()
                    && lost.isEmpty()
                    && duplicated.isEmpty()
                    && outOfOrder.isEmpty()
                    && wrong.isEmpty()
                    && misremembered.isEmpty();
        }

        long frames() {
            return acknowledged + unacknowledged;
        }
    }

    private final Frames frames;
    private final boolean contentKnown;
    private final Map<Long, Entry> entries = new TreeMap<>();
    private final Map<String, Long> lastOfCamera = new HashMap<>();
    private final List<String> forgotten = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> duplicated = new ArrayList<>();
    private final List<String> outOfOrder = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> misremembered = new ArrayList<>();
    private final Map<String, Budget> budgets = new HashMap<>();
    private final Map<Long, Long> placeOfNumber = new HashMap<>();

    /** @param contentKnown whether answers are those of {@link HashEngine}, so that their content can be checked */
    Accounts(Frames frames, boolean contentKnown) {
        this.frames = frames;
        this.contentKnown = contentKnown;
    }

    private static long key(int partition, long offset) {
        return ((long) partition << 48) | offset;
    }

    private static String at(long key) {
        return (key >> 48) + "@" + (key & 0xffff_ffff_ffffL);
    }

    /** All records of the input topic come before all else. */
    void onTopic(int partition, long offset, long number) {
        Entry entry = new Entry();
        entry.number = number;
        long key = key(partition, offset);
        entries.put(key, entry);
        Long before = placeOfNumber.put(number, key);
        if (before != null) {
            wrong.add("frame " + number + " is on the input topic twice, at " + at(before) + " and " + at(key));
        }
    }

    void acknowledged(AckLog.Ack ack) {
        long key = key(ack.partition(), ack.offset());
        Entry entry = entries.get(key);
        if (entry == null || entry.number != ack.number()) {
            forgotten.add("frame " + ack.number() + " at " + at(key)
                    + (entry == null ? " is not there" : " is frame " + entry.number));
        } else {
            entry.acknowledged = true;
        }
    }

    /** Labels come in the order of their topic. */
    void label(int partition, long offset, String frameId, String camera, long sequence, int best) {
        answered("label", partition, offset, frameId).ifPresent(entry -> {
            entry.labels++;
            if (contentKnown && best != HashEngine.label(frames.payload(entry.number))) {
                wrong.add("label of frame " + entry.number + " is not what the engine says of it");
            }
        });
        Long last = lastOfCamera.put(camera, sequence);
        if (last != null && last > sequence) {
            outOfOrder.add(camera + ": " + sequence + " after " + last);
        }
    }

    /**
     * The label before was uncertain: so many of a camera and window are due on the uncertain topic, the first ones. A record
     * behind its window counts in the newest one.
     */
    void doubted(int partition, long offset, String camera, long timestamp) {
        Entry entry = entries.get(key(partition, offset));
        long window = timestamp / RunPlan.UNCERTAIN_WINDOW.toMillis();
        Budget budget = budgets.get(camera);
        if (budget == null || window > budget.window) {
            budget = new Budget(window, 0);
        }
        if (budget.spent < RunPlan.UNCERTAIN_PER_CAMERA) {
            budgets.put(camera, new Budget(budget.window, budget.spent + 1));
            if (entry != null) {
                entry.uncertainDue++;
            }
        }
    }

    void uncertain(int partition, long offset) {
        Entry entry = entries.get(key(partition, offset));
        if (entry == null) {
            wrong.add("uncertain picture for " + at(key(partition, offset)) + ", where no frame is");
        } else {
            entry.uncertain++;
        }
    }

    void embedding(int partition, long offset, String frameId) {
        answered("embedding", partition, offset, frameId).ifPresent(entry -> entry.embeddings++);
    }

    void deadLetter(int partition, long offset) {
        Entry entry = entries.get(key(partition, offset));
        if (entry == null) {
            wrong.add("dead letter for " + at(key(partition, offset)) + ", where no frame is");
        } else {
            entry.deadLetters++;
            if (!frames.isBroken(entry.number)) {
                wrong.add("dead letter for frame " + entry.number + ", which is a good one");
            }
        }
    }

    private Optional<Entry> answered(String kind, int partition, long offset, String frameId) {
        long key = key(partition, offset);
        Entry entry = entries.get(key);
        if (entry == null) {
            wrong.add(kind + " for " + at(key) + ", where no frame is");
            return Optional.empty();
        }
        if (Frames.number(frameId) != entry.number) {
            wrong.add(kind + " of " + frameId + " for " + at(key) + ", where frame " + entry.number + " is");
        }
        if (frames.isBroken(entry.number)) {
            wrong.add(kind + " for frame " + entry.number + ", which is broken");
        }
        return Optional.of(entry);
    }

    Verdict close() {
        long acknowledged = 0;
        long labels = 0;
        long embeddings = 0;
        long deadLetters = 0;
        long uncertain = 0;
        for (Map.Entry<Long, Entry> at : entries.entrySet()) {
            Entry entry = at.getValue();
            acknowledged += entry.acknowledged ? 1 : 0;
            labels += entry.labels;
            embeddings += entry.embeddings;
            deadLetters += entry.deadLetters;
            uncertain += entry.uncertain;
            if (entry.uncertain != entry.uncertainDue) {
                misremembered.add("frame " + entry.number + " at " + at(at.getKey()) + ": on the uncertain topic "
                        + entry.uncertain + " times, due " + entry.uncertainDue);
            }
            String counts = "frame " + entry.number + " at " + at(at.getKey()) + ": labels " + entry.labels
                    + ", embeddings " + entry.embeddings + ", dead letters " + entry.deadLetters;
            int answers = Math.min(entry.labels, entry.embeddings) + entry.deadLetters;
            if (answers == 0) {
                lost.add(counts);
            } else if (Math.max(entry.labels, entry.embeddings) + entry.deadLetters > 1) {
                duplicated.add(counts);
            }
        }
        return new Verdict(
                acknowledged,
                entries.size() - acknowledged,
                labels,
                embeddings,
                deadLetters,
                uncertain,
                List.copyOf(forgotten),
                List.copyOf(lost),
                List.copyOf(duplicated),
                List.copyOf(outOfOrder),
                List.copyOf(wrong),
                List.copyOf(misremembered));
    }
}
