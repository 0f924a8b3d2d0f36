package io.patchstream.trainer.optimise;

import java.util.List;

/**
 * The learning rate at each step: a linear warm-up times a decay, as in the paper's code, and at the end a linear
 * cool-down to 0, which decays that end above 0 need.
 *
 * @param decay after the warm-up
 * @param peak the highest learning rate
 * @param warmUpSteps steps of the warm-up
 * @param coolDownSteps steps of the cool-down, the last ones
 * @param totalSteps steps of the whole training
 * @param stairs where {@link Decay#STAIR} falls to a tenth, as shares of all steps
 */
public record Schedule(
        Decay decay, double peak, long warmUpSteps, long coolDownSteps, long totalSteps, List<Double> stairs) {
    /** Where linear decay ends, as in the paper's code. */
    private static final double LINEAR_END = 1e-5;
    /** Steps until RSQRT has fallen by the square root of two, as in big_vision. */
    private static final double RSQRT_TIME_SCALE = 10_000;

    private static final double STAIR_HEIGHT = 0.1;

    /** The forms of decay, from 1 at the end of the warm-up. */
    public enum Decay {
        /** Half a cosine wave, to 0. */
        COSINE,
        /** A straight line, to 1e-5. */
        LINEAR,
        /** One over the square root of the steps (Zhai et al. 2022); has no end of its own, so cool down. */
        RSQRT,
        /** A tenth at each of {@link #stairs} (BiT-HyperRule, Kolesnikov et al. 2020). */
        STAIR,
        /** None. */
        CONSTANT
    }

    public Schedule {
        stairs = List.copyOf(stairs);
        if (!(peak > 0)
                || warmUpSteps < 0
                || coolDownSteps < 0
                || totalSteps < 1
                || warmUpSteps + coolDownSteps > totalSteps) {
            throw new IllegalArgumentException("a schedule needs a rate over 0, and a warm-up and cool-down within its"
                    + " steps, not rate " + peak + ", warm-up " + warmUpSteps + ", cool-down " + coolDownSteps + " of "
                    + totalSteps + " steps");
        }
    }

    /** The learning rate for step {@code step}, counted from 0. */
    public double at(long step) {
        double done = Math.min(1, Math.max(0, (step - warmUpSteps) / (double) Math.max(1, totalSteps - warmUpSteps)));
        double rate = switch (decay) {
            case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * done));
            case LINEAR -> LINEAR_END + (peak - LINEAR_END) * (1 - done);
            case RSQRT -> peak / Math.sqrt(1 + Math.max(0, step - warmUpSteps) / RSQRT_TIME_SCALE);
            case STAIR -> peak * Math.pow(STAIR_HEIGHT, stairs(step));
            case CONSTANT -> peak;
        };
        double warm = warmUpSteps == 0 ? 1 : Math.min(1, (step + 1) / (double) warmUpSteps);
        double cool = coolDownSteps == 0 ? 1 : Math.min(1, (totalSteps - step) / (double) coolDownSteps);
        return rate * warm * cool;
    }

    private long stairs(long step) {
        return stairs.stream().filter(stair -> step >= stair * totalSteps).count();
    }
}
