package io.patchstream.stream.ledger;

import java.util.Map;
import java.util.TreeMap;

/** A set of offsets: one bit for each, in pages that are there only where an offset is. For one thread. */
final class OffsetSet {
    /** 8192 offsets, 1 KiB. */
    private static final int PAGE_SHIFT = 13;

    private static final int PAGE_WORDS = 1 << (PAGE_SHIFT - 6);

    private final TreeMap<Long, long[]> pages = new TreeMap<>();

    /** The last page met: answers come nearly in order. */
    private long lastNumber = -1;

    private long[] last;

    /** Adds one; false when it was there. */
    boolean add(long offset) {
        long[] page = page(offset);
        int word = word(offset);
        long bit = 1L << offset;
        if ((page[word] & bit) != 0) {
            return false;
        }
        page[word] |= bit;
        return true;
    }

    private long[] page(long offset) {
        long number = offset >>> PAGE_SHIFT;
        if (number != lastNumber) {
            last = pages.computeIfAbsent(number, absent -> new long[PAGE_WORDS]);
            lastNumber = number;
        }
        return last;
    }

    private static int word(long offset) {
        return (int) (offset >>> 6) & (PAGE_WORDS - 1);
    }

    boolean contains(long offset) {
        long[] page = pages.get(offset >>> PAGE_SHIFT);
        return page != null && (page[word(offset)] & (1L << offset)) != 0;
    }

    /** How many lie in {@code [first, end)}. */
    long count(long first, long end) {
        long count = 0;
        for (long at = next(first, end); at < end; ) {
            long gap = nextAbsent(at, end);
            count += gap - at;
            at = next(gap, end);
        }
        return count;
    }

    /** The first that is there, from {@code from} on; {@code end} when there is none before it. */
    long next(long from, long end) {
        long at = from;
        while (at < end) {
            Map.Entry<Long, long[]> page = pages.ceilingEntry(at >>> PAGE_SHIFT);
            if (page == null) {
                return end;
            }
            at = Math.max(at, page.getKey() << PAGE_SHIFT);
            long pageEnd = (page.getKey() + 1) << PAGE_SHIFT;
            while (at < pageEnd && at < end) {
                long word = page.getValue()[word(at)] >>> at;
                if (word != 0) {
                    return Math.min(end, at + Long.numberOfTrailingZeros(word));
                }
                at = (at | 63) + 1;
            }
        }
        return end;
    }

    /** The first that is not there, from {@code from} on; {@code end} when there is none before it. */
    long nextAbsent(long from, long end) {
        long at = from;
        while (at < end) {
            long[] page = pages.get(at >>> PAGE_SHIFT);
            if (page == null) {
                return at;
            }
            long word = ~page[word(at)] >>> at;
            if (word != 0) {
                return Math.min(end, at + Long.numberOfTrailingZeros(word));
            }
            at = (at | 63) + 1;
        }
        return end;
    }

    /** Bytes taken, about. */
    long bytes() {
        return pages.size() * (PAGE_WORDS * 8L + 80);
    }
}
