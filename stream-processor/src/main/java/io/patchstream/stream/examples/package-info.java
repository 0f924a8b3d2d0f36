/**
 * Examples to train on, from the topics: frames joined with what was said of them, and fixed as a manifest of offsets and
 * hashes, from which the same examples come again as long as the log has them.
 */
package io.patchstream.stream.examples;
