/**
 * The ledger: what became of each source record, derived from the answers themselves and from nothing that was counted in
 * memory. An answer is a bit, not an object.
 */
package io.patchstream.stream.ledger;
