package io.patchstream.trainer.divide;

import io.patchstream.trainer.data.SampleSeed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A division into parts in which no group is torn apart: the groups in an order that the seed draws, each to the first part
 * that it still fits into, the rest to the last. The same groups and seed give the same parts.
 */
public final class SafeSplit {
    private SafeSplit() {}

    /**
     * The part of each example.
     *
     * @param shares of all examples in part 0, 1, ...; what is left is the last part. A part is never larger than its share,
     *     and smaller when groups are too large for it
     * @return {@code [n]}: from 0 to {@code shares.length}
     */
    public static int[] divide(Groups groups, double[] shares, long seed) {
        if (Arrays.stream(shares).anyMatch(share -> !(share >= 0 && share < 1))
                || Arrays.stream(shares).sum() >= 1) {
            throw new IllegalArgumentException(
                    "shares are " + Arrays.toString(shares) + "; each must be 0 or more, and together less than 1");
        }
        List<List<Integer>> all = groups.all();
        int[] room = new int[shares.length];
        for (int part = 0; part < room.length; part++) {
            room[part] = (int) Math.round(groups.size() * shares[part]);
        }
        int[] parts = new int[groups.size()];
        Arrays.fill(parts, shares.length);
        for (int at : SampleSeed.permutation(seed, -1, all.size())) {
            List<Integer> members = all.get(at);
            for (int part = 0; part < room.length; part++) {
                if (members.size() <= room[part]) {
                    room[part] -= members.size();
                    int to = part;
                    members.forEach(member -> parts[member] = to);
                    break;
                }
            }
        }
        return parts;
    }

    /** The examples of one part, in order. */
    public static int[] part(int[] parts, int part) {
        return IntStream.range(0, parts.length).filter(i -> parts[i] == part).toArray();
    }
}
