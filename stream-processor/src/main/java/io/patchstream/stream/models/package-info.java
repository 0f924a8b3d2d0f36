/**
 * Models by a compacted topic: a record names what a slot is to serve, by hash and by where its files lie; they are fetched,
 * held against their hashes, and chosen in a folder of the processor's own, which the engine follows as any other.
 */
package io.patchstream.stream.models;
