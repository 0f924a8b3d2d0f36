/** The verb {@code dlq}: dead letters listed, looked at, and sent in again, once each. */
package io.patchstream.stream.deadletters;
