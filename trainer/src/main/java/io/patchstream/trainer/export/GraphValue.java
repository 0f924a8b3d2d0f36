package io.patchstream.trainer.export;

import java.util.List;

/**
 * An input or output of a graph.
 *
 * @param shape its dimensions; {@link #BATCH} is the symbolic batch. Empty when not stated
 */
record GraphValue(String name, ElementType type, List<Long> shape) {
    /** Stands for the batch size, which is never fixed. */
    static final long BATCH = -1;

    GraphValue {
        shape = List.copyOf(shape);
    }
}
