/**
 * Claim checks: payloads that a record names instead of holding, fetched from where the operator allows and nowhere else,
 * within a time, and held against the size and the hash that the record says.
 */
package io.patchstream.stream.claims;
