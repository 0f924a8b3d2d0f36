package io.patchstream.trainer.distributed;

import org.bytedeco.pytorch.Tensor;

/** What processes that train together do together. All ranks make the same calls in the same order. */
public sealed interface Collective extends AutoCloseable permits Alone, GlooCollective {
    Rank rank();

    /** Sums a contiguous tensor over all ranks, in place; every rank then holds the same bits. */
    void sum(Tensor tensor);

    /** Gives all ranks rank 0's values of a contiguous tensor, in place. */
    void broadcast(Tensor tensor);

    @Override
    void close();
}
