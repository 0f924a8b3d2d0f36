/**
 * Bench: ratios measured in one run. What is compared runs in one process in interleaved rounds, and what counts is the
 * median; on a machine that others use too, CPU time is the figure to trust.
 */
package io.patchstream.bench;
