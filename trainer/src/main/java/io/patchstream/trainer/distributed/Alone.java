package io.patchstream.trainer.distributed;

import org.bytedeco.pytorch.Tensor;

/** One process: its sum is the sum. */
public final class Alone implements Collective {
    @Override
    public Rank rank() {
        return Rank.alone();
    }

    @Override
    public void sum(Tensor tensor) {
        // It is the sum of one.
    }

    @Override
    public void broadcast(Tensor tensor) {
        // Rank 0 has its own values.
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
