/**
 * Replay: a range of the source through the same topology again, into topics of its own, by a group of its own. Ends by
 * itself when the range is answered and committed.
 */
package io.patchstream.stream.replay;
