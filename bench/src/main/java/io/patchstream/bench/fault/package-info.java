/**
 * Proves under faults that every frame has exactly one answer: generator, broker and processors in processes of their own,
 * which are killed, paused, halted and cut off while frames flow, and accounts of every frame at the end.
 */
package io.patchstream.bench.fault;
