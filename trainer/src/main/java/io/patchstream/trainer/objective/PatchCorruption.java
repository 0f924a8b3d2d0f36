package io.patchstream.trainer.objective;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Which patches are corrupted, and how: half of each picture's; of those 80 % become the mask token, 10 % another patch of the
 * picture, and 10 % stay as they are (Dosovitskiy et al. 2021, app. B.1.2; after BERT).
 */
final class PatchCorruption {
    private static final double CORRUPTED = 0.5;
    private static final double MASKED = 0.8;
    private static final double REPLACED = 0.1;

    private final long[] source;
    private final long[] corrupted;

    /** Takes both arrays over; see {@link #source()} and {@link #corrupted()}. */
    PatchCorruption(long[] source, long[] corrupted) {
        this.source = source;
        this.corrupted = corrupted;
    }

    /** A corruption of {@code batch} pictures of {@code patches} patches each; at least one of each is corrupted. */
    static PatchCorruption draw(SplittableRandom random, int batch, int patches) {
        int count = (int) Math.max(1, Math.round(CORRUPTED * patches));
        long[] source = new long[batch * patches];
        long[] corrupted = new long[batch * count];
        Arrays.setAll(source, i -> i);
        for (int picture = 0; picture < batch; picture++) {
            int[] order = order(random, patches);
            for (int i = 0; i < count; i++) {
                int at = picture * patches + order[i];
                corrupted[picture * count + i] = at;
                double how = random.nextDouble();
                if (how < MASKED) {
                    source[at] = (long) batch * patches;
                } else if (how < MASKED + REPLACED && patches > 1) {
                    int other = random.nextInt(patches - 1);
                    source[at] = (long) picture * patches + (other < order[i] ? other : other + 1);
                }
            }
        }
        return new PatchCorruption(source, corrupted);
    }

    /** A random permutation (Fisher and Yates). */
    private static int[] order(SplittableRandom random, int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** For each patch of the batch, {@code [B * N]}, whose embedding it gets; {@code B * N} stands for the mask token. */
    long[] source() {
        return source.clone();
    }

    /** The patches to be predicted, {@code [B * N/2]}. */
    long[] corrupted() {
        return corrupted.clone();
    }
}
