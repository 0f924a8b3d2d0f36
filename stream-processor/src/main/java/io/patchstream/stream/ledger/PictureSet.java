package io.patchstream.stream.ledger;

import java.util.SortedMap;
import java.util.TreeMap;

/** A set of pictures by (offset, number within its record): one bit for each. For one thread. */
final class PictureSet {
    private final TreeMap<Integer, OffsetSet> byNumber = new TreeMap<>();

    /** Adds one; false when it was there. */
    boolean add(long offset, int picture) {
        return byNumber.computeIfAbsent(picture, number -> new OffsetSet()).add(offset);
    }

    boolean contains(long offset, int picture) {
        OffsetSet offsets = byNumber.get(picture);
        return offsets != null && offsets.contains(offset);
    }

    /** How many are of offsets in {@code [first, end)}. */
    long count(long first, long end) {
        return byNumber.values().stream()
                .mapToLong(offsets -> offsets.count(first, end))
                .sum();
    }

    /** The largest number met, -1 when there is none. */
    int maxNumber() {
        return byNumber.isEmpty() ? -1 : byNumber.lastKey();
    }

    /** The first offset from {@code from} on that has a picture of this or a larger number; {@code end} when none has. */
    long nextWith(int least, long from, long end) {
        long next = end;
        SortedMap<Integer, OffsetSet> larger = byNumber.tailMap(least);
        for (OffsetSet offsets : larger.values()) {
            if (next == from) {
                return from;
            }
            next = offsets.next(from, next);
        }
        return next;
    }

    /** The first offset from {@code from} on that has this picture; {@code end} when none has. */
    long next(int picture, long from, long end) {
        OffsetSet offsets = byNumber.get(picture);
        return offsets == null ? end : offsets.next(from, end);
    }

    long bytes() {
        return byNumber.values().stream().mapToLong(OffsetSet::bytes).sum();
    }
}
