package io.patchstream.bench.fault;

/** What answers the frames of a run. */
enum EngineKind {
    /** {@link HashEngine}: no decoding, so that Kafka is the load. */
    FAKE,
    /** The product's own, with the model that is named. */
    REAL
}
