package io.patchstream.trainer.model;

import static java.util.Objects.requireNonNull;

import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.KnownDistances;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far an embedding is from the nearest class: {@code min_k |W e + b - m_k|^2}, the squared Mahalanobis distance where W
 * makes the classes' common covariance the unit matrix. E is the embedding's size.
 *
 * @param weight W, {@code [E, E]}
 * @param offset b, {@code [E]}: W times the mean of all examples, turned to be 0
 * @param means m, {@code [C, E]}: the classes that there were examples of
 * @param known how far pictures are that the model knows
 */
public record ClassDistance(HostTensor weight, HostTensor offset, HostTensor means, KnownDistances known) {
    private static final String WEIGHT = "weight";
    private static final String OFFSET = "offset";
    private static final String MEANS = "means";

    public ClassDistance {
        requireNonNull(known, "known");
        long size = offset.rank() == 1 ? offset.dim(0) : -1;
        if (weight.rank() != 2
                || means.rank() != 2
                || weight.dim(0) != size
                || weight.dim(1) != size
                || means.dim(1) != size
                || means.dim(0) < 1) {
            throw new IllegalArgumentException(
                    weight + ", " + offset + " and " + means + " are no [E, E], [E] and [C, E]");
        }
    }

    /** E. */
    public int size() {
        return Math.toIntExact(offset.dim(0));
    }

    /** C. */
    public int classes() {
        return Math.toIntExact(means.dim(0));
    }

    Map<String, HostTensor> tensors() {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        tensors.put(WEIGHT, weight);
        tensors.put(OFFSET, offset);
        tensors.put(MEANS, means);
        return tensors;
    }

    /** From what {@link #tensors} gave. */
    static ClassDistance of(Map<String, HostTensor> tensors, KnownDistances known) {
        for (String name : new String[] {WEIGHT, OFFSET, MEANS}) {
            if (!tensors.containsKey(name)) {
                throw new IllegalArgumentException("the classes' Gaussians lack " + name);
            }
        }
        return new ClassDistance(tensors.get(WEIGHT), tensors.get(OFFSET), tensors.get(MEANS), known);
    }
}
