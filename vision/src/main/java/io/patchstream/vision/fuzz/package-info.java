/**
 * Hostile bytes on purpose: mutated pictures and segments against the decoder that serves, in a process of its own that may
 * die of them. For tests and {@code bench fuzz}; nothing that serves knows it.
 */
package io.patchstream.vision.fuzz;
