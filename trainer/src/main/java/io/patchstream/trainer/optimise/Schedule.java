package io.patchstream.trainer.optimise;

/**
 * The learning rate at each step: a linear warm-up times a decay, as in the paper's code.
 *
 * @param decay after the warm-up
 * @param peak the highest learning rate
 * @param warmUpSteps steps of the warm-up
 * @param totalSteps steps of the whole training
 */
public record Schedule(Decay decay, double peak, long warmUpSteps, long totalSteps) {
    /** Where linear decay ends, as in the paper's code. */
    private static final double LINEAR_END = 1e-5;

    /** The forms of decay, from 1 at the end of the warm-up. */
    public enum Decay {
        /** Half a cosine wave, to 0. */
        COSINE,
        /** A straight line, to 1e-5. */
        LINEAR,
        /** None. */
        CONSTANT
    }

    public Schedule {
        if (!(peak > 0) || warmUpSteps < 0 || totalSteps < 1 || warmUpSteps > totalSteps) {
            throw new IllegalArgumentException(
                    "a schedule needs a rate over 0 and a warm-up within its steps, not rate " + peak + ", warm-up "
                            + warmUpSteps + " of " + totalSteps + " steps");
        }
    }

    /** The learning rate for step {@code step}, counted from 0. */
    public double at(long step) {
        double done = Math.min(1, Math.max(0, (step - warmUpSteps) / (double) Math.max(1, totalSteps - warmUpSteps)));
        double rate = switch (decay) {
            case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * done));
            case LINEAR -> LINEAR_END + (peak - LINEAR_END) * (1 - done);
            case CONSTANT -> peak;
        };
        return warmUpSteps == 0 ? rate : rate * Math.min(1, (step + 1) / (double) warmUpSteps);
    }
}
