package io.patchstream.trainer.data;

/** Takes pairs of examples that have something in common, by their indices; the smaller first. */
@FunctionalInterface
public interface Pairs {
    void accept(int one, int other);
}
