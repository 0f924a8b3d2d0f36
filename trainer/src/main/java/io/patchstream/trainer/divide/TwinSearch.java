package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.Pairs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All pairs of pictures that look the same: their hashes differ in few bits, and their thumbnails, brightness aside, in few
 * levels. The second rule is what keeps pictures apart of which 64 bits say too little, such as ones with nothing on them.
 *
 * <p>Multi-index hashing (Norouzi, Punjani and Fleet 2012): a hash is cut into four words of 16 bits; hashes that differ in
 * at most r bits differ in at most r / 4 in one of the words, so only what has such a word is compared. Finds what comparing
 * all with all finds.
 */
public final class TwinSearch {
    private static final int WORDS = 4;
    private static final int VALUES = 1 << 16;
    /** What two bits in a word can find. */
    static final int MOST_BITS = 11;

    private final Fingerprints fingerprints;
    private final DivideSettings settings;

    public TwinSearch(Fingerprints fingerprints, DivideSettings settings) {
        this.fingerprints = fingerprints;
        this.settings = settings;
    }

    /** Finds twins, some maybe more than once. What is paired through others belongs together all the same, and need not be paired itself. */
    public void all(Pairs pairs) {
        Map<Integer, List<Integer>> equals = equals();
        equals.forEach((first, members) -> members.forEach(member -> {
            if (member > first) {
                pairs.accept(first, member);
            }
        }));
        search(equals.keySet(), pairs);
    }

    /** Finds, for each picture before {@code border} that has a twin from there on, one such twin at least. */
    public void across(int border, Pairs pairs) {
        Map<Integer, List<Integer>> equals = equals();
        equals.values().forEach(members -> across(members, members, border, pairs));
        search(equals.keySet(), (one, other) -> {
            across(equals.get(one), equals.get(other), border, pairs);
            across(equals.get(other), equals.get(one), border, pairs);
        });
    }

    private static void across(List<Integer> these, List<Integer> those, int border, Pairs pairs) {
        int last = those.get(those.size() - 1);
        if (last >= border) {
            these.stream().filter(member -> member < border).forEach(member -> pairs.accept(member, last));
        }
    }

    /** What looks the same to the last bit, in order, by the first of them. */
    private Map<Integer, List<Integer>> equals() {
        Map<Object, Integer> firsts = new HashMap<>();
        Map<Integer, List<Integer>> equals = new TreeMap<>();
        for (int i = 0; i < fingerprints.size(); i++) {
            Integer first = firsts.putIfAbsent(fingerprints.content(i), i);
            equals.computeIfAbsent(first == null ? i : first, key -> new ArrayList<>(1))
                    .add(i);
        }
        return equals;
    }

    private void search(Collection<Integer> distinct, Pairs pairs) {
        int[] masks = masks(settings.hashBits() / WORDS);
        for (int word = 0; word < WORDS; word++) {
            int[] begin = new int[VALUES + 1];
            for (int i : distinct) {
                begin[word(i, word) + 1]++;
            }
            for (int value = 0; value < VALUES; value++) {
                begin[value + 1] += begin[value];
            }
            int[] order = new int[distinct.size()];
            int[] next = begin.clone();
            for (int i : distinct) {
                order[next[word(i, word)]++] = i;
            }
            for (int i : distinct) {
                for (int mask : masks) {
                    int value = word(i, word) ^ mask;
                    for (int at = begin[value]; at < begin[value + 1]; at++) {
                        int j = order[at];
                        if (j > i && isTwin(i, j)) {
                            pairs.accept(i, j);
                        }
                    }
                }
            }
        }
    }

    private int word(int index, int word) {
        return (int) (fingerprints.hash(index) >>> (16 * word)) & (VALUES - 1);
    }

    /** The words with at most so many bits. */
    private static int[] masks(int bits) {
        List<Integer> masks = new ArrayList<>();
        for (int mask = 0; mask < VALUES; mask++) {
            if (Integer.bitCount(mask) <= bits) {
                masks.add(mask);
            }
        }
        return masks.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean isTwin(int one, int other) {
        return fingerprints.bits(one, other) <= settings.hashBits()
                && fingerprints.levels(one, other) <= settings.levels();
    }
}
