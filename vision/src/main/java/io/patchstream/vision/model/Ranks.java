package io.patchstream.vision.model;

import java.util.Optional;

/** The rank of split conformal prediction. */
final class Ranks {
    private static final double ROUNDING = 1e-9;

    private Ranks() {}

    /**
     * Which of {@code examples} scores, in ascending order and from 1, the next score exceeds with a probability of at most
     * 1 - {@code share}: the {@code ceil((n + 1) share)}-th. Empty when there are too few to tell.
     */
    static Optional<Integer> of(int examples, double share) {
        int rank = (int) Math.ceil((examples + 1.0) * share - ROUNDING);
        return rank > examples || rank < 1 ? Optional.empty() : Optional.of(rank);
    }
}
