/** Batching: dispatch rules side by side in one simulation with a virtual clock, on seeded traces and stated devices. */
package io.patchstream.bench.batching;
