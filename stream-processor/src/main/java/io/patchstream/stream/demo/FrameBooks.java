package io.patchstream.stream.demo;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every picture that went in against every answer that came out. A camera's pictures are numbered without gaps, so that the
 * books stay small however long the demo runs: below a mark all are answered, above it single ones are.
 *
 * <p>Shared: cameras write what goes in, the reader what comes out.
 */
final class FrameBooks {
    /** The books of one camera. */
    private static final class Account {
        private long sent;
        private long answeredBelow;
        private final BitSet answeredAbove = new BitSet();

        /** False when it was answered before. */
        boolean answer(long sequence) {
            long above = sequence - answeredBelow;
            if (above < 0 || answeredAbove.get((int) above)) {
                return false;
            }
            answeredAbove.set((int) above);
            int run = answeredAbove.nextClearBit(0);
            if (run >= COMPACT_FROM || run == answeredAbove.length()) {
                BitSet rest = answeredAbove.get(run, Math.max(run, answeredAbove.length()));
                answeredAbove.clear();
                answeredAbove.or(rest);
                answeredBelow += run;
            }
            return true;
        }

        long open() {
            return sent - answeredBelow - answeredAbove.cardinality();
        }
    }

    /** Moving the mark costs a copy, so it is done seldom. */
    private static final int COMPACT_FROM = 256;

    /** A broken record's bytes, compared by content. */
    private record Bytes(int hash, byte[] content) {
        static Bytes of(byte[] content) {
            return new Bytes(Arrays.hashCode(content), content);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /**
     * The sums.
     *
     * @param framesIn pictures sent, the broken ones among them
     * @param labelled pictures with a label that the model gave
     * @param reused pictures with a label taken from an earlier, equal one
     * @param deadLettered pictures among the dead letters
     * @param unaccounted pictures without any answer
     * @param duplicated answers to pictures that had one
     * @param strangers answers to pictures that were never sent
     * @param broken pictures that were broken on purpose
     * @param brokenDeadLettered those of them among the dead letters
     */
    record Totals(
            long framesIn,
            long labelled,
            long reused,
            long deadLettered,
            long unaccounted,
            long duplicated,
            long strangers,
            long broken,
            long brokenDeadLettered) {

        /** Each picture has one answer, and the dead letters are just those that had to be. */
        boolean balanced() {
            return unaccounted == 0
                    && duplicated == 0
                    && strangers == 0
                    && deadLettered == broken
                    && brokenDeadLettered == broken;
        }
    }

    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<Bytes, Boolean> broken = new HashMap<>();
    private long labelled;
    private long reused;
    private long deadLettered;
    private long brokenDeadLettered;
    private long duplicated;
    private long strangers;

    /** Pictures {@code sequence} to {@code sequence + pictures - 1} of a camera go in; numbers follow each other. */
    synchronized void sent(String camera, long sequence, int pictures) {
        Account account = accounts.computeIfAbsent(camera, name -> new Account());
        if (sequence != account.sent) {
            throw new IllegalArgumentException(
                    camera + " sends picture " + sequence + " where " + account.sent + " was expected");
        }
        account.sent += pictures;
    }

    /** A record goes in that cannot be answered but by a dead letter. */
    synchronized void sentBroken(byte[] record) {
        if (broken.put(Bytes.of(record), false) != null) {
            throw new IllegalArgumentException("this broken record was sent before");
        }
    }

    /** A label came out; whether it is the first answer to a picture that was sent. */
    synchronized boolean labelled(String camera, long sequence, boolean isReused) {
        if (!answer(camera, sequence)) {
            return false;
        }
        if (isReused) {
            reused++;
        } else {
            labelled++;
        }
        return true;
    }

    /** A dead letter came out of a frame that could be read: one answer to each of its pictures. */
    synchronized void deadLettered(String camera, long sequence, int pictures) {
        for (int i = 0; i < pictures; i++) {
            if (answer(camera, sequence + i)) {
                deadLettered++;
            }
        }
    }

    /** A dead letter came out; whether it is one of the broken records, untouched. */
    synchronized boolean deadLetteredBroken(byte[] record) {
        Boolean answered = broken.replace(Bytes.of(record), true);
        if (answered == null) {
            return false;
        }
        if (answered) {
            duplicated++;
        } else {
            brokenDeadLettered++;
        }
        return true;
    }

    /** A dead letter came out that nobody sent. */
    synchronized void stranger() {
        strangers++;
    }

    private boolean answer(String camera, long sequence) {
        Account account = accounts.get(camera);
        if (account == null || sequence < 0 || sequence >= account.sent) {
            strangers++;
            return false;
        }
        if (!account.answer(sequence)) {
            duplicated++;
            return false;
        }
        return true;
    }

    /** Pictures that wait for their answer. */
    synchronized long open() {
        return accounts.values().stream().mapToLong(Account::open).sum()
                + broken.values().stream().filter(answered -> !answered).count();
    }

    synchronized Totals totals() {
        long sent =
                accounts.values().stream().mapToLong(account -> account.sent).sum();
        return new Totals(
                sent + broken.size(),
                labelled,
                reused,
                deadLettered + brokenDeadLettered,
                open(),
                duplicated,
                strangers,
                broken.size(),
                brokenDeadLettered);
    }
}
