package io.patchstream.stream.trace;

/**
 * What came of asking a collector.
 *
 * @param collector its address
 * @param problem why it takes no spans; empty when it does
 */
public record CollectorTrial(String collector, String problem) {}
