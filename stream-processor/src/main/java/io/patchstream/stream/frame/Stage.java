package io.patchstream.stream.frame;

/** The stages of a frame's way, as dead letters and metrics name them. */
public enum Stage {
    /** Reading the record: wire format, schema, claim check. */
    READ,
    /** From encoded bytes to the model's input. */
    DECODE,
    /** The model. */
    INFER
}
