package io.patchstream.stream.page;

import java.util.List;
import java.util.Map;

/**
 * How things stand, as the browser is told twice a second. Numbers are NaN-free: what is not known is null.
 *
 * @param state Kafka Streams' state
 * @param model the name of the model in force
 * @param cameras by name
 * @param hidden cameras that are not among them, since there are too many
 * @param picturesPerSecond of all cameras
 * @param latency "read" when latencies end with a committed label's being read, "answered" when with its computing
 * @param leftOut answers that the page did not see, since it was too slow
 * @param deadLetters the newest first
 * @param rejected dead letters since the start
 * @param alarms of all processors
 * @param pipeline how the stages fare
 */
record Snapshot(
        String state,
        String model,
        List<Tile> cameras,
        int hidden,
        double picturesPerSecond,
        String latency,
        long leftOut,
        List<Letter> deadLetters,
        long rejected,
        AlarmBook.Content alarms,
        Pipeline pipeline) {

    /** A label, and how probable the model holds it. */
    record Score(String label, float probability) {}

    /**
     * A camera.
     *
     * @param camera its name
     * @param scores its newest answer, the best first
     * @param perSecond pictures in a second
     * @param p50 milliseconds that half of its pictures took; null when there were none lately
     * @param p99 the same of 99 in 100
     * @param silentMillis since its last answer
     * @param stale whether that is too long
     * @param right the part of its labels that are right; null where the truth is not known
     */
    record Tile(
            String camera,
            List<Score> scores,
            double perSecond,
            Double p50,
            Double p99,
            long silentMillis,
            boolean stale,
            Double right) {}

    /**
     * A frame that became a dead letter.
     *
     * @param number counts up
     * @param atMillis when: since the epoch
     * @param camera by the record's key
     * @param topic where it was read
     * @param partition its partition
     * @param stage where it failed
     * @param code why, in a word
     * @param message why, in a sentence
     */
    record Letter(
            long number,
            long atMillis,
            String camera,
            String topic,
            int partition,
            String stage,
            String code,
            String message) {}

    /** What a stage takes, in milliseconds; null while nothing flows. */
    record StageTime(String stage, Double millis) {}

    /** Records that wait in a partition. */
    record Lag(String topic, String partition, long records) {}

    /** s(b) in milliseconds. */
    record Point(int batch, double millis, double slowMillis) {}

    /**
     * The pipeline.
     *
     * @param inputs topics that are read
     * @param outputs topics that are written, by what is written to them
     * @param threads stream threads
     * @param stages what each takes
     * @param curve s(b)
     * @param sizes batches since the start, by size
     * @param batchLimit the largest batch at present
     * @param waiting pictures that wait for a batch
     * @param bufferedBytes polled and not yet answered
     * @param lookedAhead frames submitted when they were polled
     * @param missed frames submitted only when their turn came
     * @param dropped frames left out on purpose, by reason
     * @param restarts stream threads replaced lately
     * @param commitMillis a commit's mean; null before the first
     * @param lag by partition
     */
    record Pipeline(
            List<String> inputs,
            Map<String, String> outputs,
            int threads,
            List<StageTime> stages,
            List<Point> curve,
            Map<Integer, Long> sizes,
            int batchLimit,
            int waiting,
            long bufferedBytes,
            long lookedAhead,
            long missed,
            Map<String, Long> dropped,
            int restarts,
            Double commitMillis,
            List<Lag> lag) {}

    /** Null for what is no number. */
    static Double known(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}
