/**
 * The ledger: what became of each source record, derived from the answers themselves and from nothing that was counted in
 * memory. Offsets are the unit, one bit each.
 */
package io.patchstream.stream.ledger;
