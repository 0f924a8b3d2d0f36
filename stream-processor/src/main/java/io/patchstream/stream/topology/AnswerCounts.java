package io.patchstream.stream.topology;

import io.patchstream.stream.frame.BatchingStatistics;
import io.patchstream.stream.frame.DurationHistogram;
import io.patchstream.stream.frame.FrameOutcome.Classified;
import io.patchstream.stream.frame.FrameOutcome.Rejected;
import io.patchstream.stream.frame.Prediction;
import io.patchstream.stream.frame.Stage;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What became of the frames that stream threads have answered, for metrics. It counts work: a frame whose transaction was
 * aborted is counted again when it is read again.
 *
 * <p>Shared by all stream threads and whoever asks.
 */
public final class AnswerCounts {
    /** How many pairs of camera and label, and how many reasons, are counted by name. */
    public static final int NAMED = 1024;

    private static final double FIRST_BOUND = 0.005;
    private static final int BOUNDS = 15;

    /** The best label of a camera's picture. */
    public record CameraLabel(String camera, String label) implements Comparable<CameraLabel> {
        private static final CameraLabel OTHERS = new CameraLabel(BatchingStatistics.OTHERS, BatchingStatistics.OTHERS);

        @Override
        public int compareTo(CameraLabel other) {
            int order = camera.compareTo(other.camera);
            return order != 0 ? order : label.compareTo(other.label);
        }
    }

    /** Why there are dead letters: the stage and the code that stand in their headers. */
    public record DeadLetterReason(Stage stage, String code) implements Comparable<DeadLetterReason> {
        @Override
        public int compareTo(DeadLetterReason other) {
            int order = stage.compareTo(other.stage);
            return order != 0 ? order : code.compareTo(other.code);
        }
    }

    /** That a rule began or ceased to hold: the kind that stands in the alarm. */
    public record RuleChange(String rule, String kind) implements Comparable<RuleChange> {
        @Override
        public int compareTo(RuleChange other) {
            int order = rule.compareTo(other.rule);
            return order != 0 ? order : kind.compareTo(other.kind);
        }
    }

    private final LongSupplier millisClock;
    private final Map<CameraLabel, LongAdder> labels = new ConcurrentHashMap<>();
    private final Map<DeadLetterReason, LongAdder> deadLetters = new ConcurrentHashMap<>();
    private final Map<RuleChange, LongAdder> alarms = new ConcurrentHashMap<>();
    private final LongAdder uncertainSent = new LongAdder();
    private final LongAdder uncertainHeld = new LongAdder();
    private final DurationHistogram endToEnd = DurationHistogram.doubling(FIRST_BOUND, BOUNDS);

    AnswerCounts(LongSupplier millisClock) {
        this.millisClock = millisClock;
    }

    /** A frame was answered. */
    void labelled(Classified frame) {
        endToEnd.add(millisClock.getAsLong() / 1e3 - frame.head().capturedAtMicros() / 1e6);
        for (Prediction picture : frame.pictures()) {
            String label = picture.model()
                    .contract()
                    .labels()
                    .get(picture.topK().get(0).index());
            count(labels, new CameraLabel(frame.head().cameraId(), label), CameraLabel.OTHERS);
        }
    }

    /** A picture is uncertain, and is sent to be looked at, or is one too many. */
    void uncertain(boolean isSent) {
        (isSent ? uncertainSent : uncertainHeld).increment();
    }

    /** A rule was raised or cleared. */
    void alarm(String rule, String kind) {
        alarms.computeIfAbsent(new RuleChange(rule, kind), change -> new LongAdder())
                .increment();
    }

    /** A frame became a dead letter. */
    void deadLettered(Rejected frame) {
        count(
                deadLetters,
                new DeadLetterReason(frame.stage(), frame.code()),
                new DeadLetterReason(frame.stage(), BatchingStatistics.OTHERS));
    }

    /** A few more than are named may slip in while several threads count; never more than threads. */
    private static <K> void count(Map<K, LongAdder> counts, K key, K others) {
        LongAdder known = counts.get(key);
        if (known == null) {
            K counted = counts.size() < NAMED ? key : others;
            known = counts.computeIfAbsent(counted, k -> new LongAdder());
        }
        known.increment();
    }

    private static <K extends Comparable<K>> Map<K, Long> sums(Map<K, LongAdder> counts) {
        Map<K, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> sums.put(key, count.sum()));
        return sums;
    }

    /** Pictures by camera and best label. */
    public Map<CameraLabel, Long> labels() {
        return sums(labels);
    }

    /** Uncertain pictures that were sent to be looked at. */
    public long uncertainSent() {
        return uncertainSent.sum();
    }

    /** Uncertain pictures beyond what a camera may send in a window. */
    public long uncertainHeld() {
        return uncertainHeld.sum();
    }

    /** Alarms by rule and kind; as many as there are rules. */
    public Map<RuleChange, Long> alarms() {
        return sums(alarms);
    }

    /** Dead letters by reason. */
    public Map<DeadLetterReason, Long> deadLetters() {
        return sums(deadLetters);
    }

    /** From when a frame was taken, by its camera's clock, to its answer, by ours and before the commit. */
    public DurationHistogram.Counts endToEnd() {
        return endToEnd.counts();
    }
}
