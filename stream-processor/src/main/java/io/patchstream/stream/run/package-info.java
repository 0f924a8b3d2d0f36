/**
 * A running stream processor: settings and an engine in, answers out until it is stopped or fails. The one place where
 * Kafka Streams is started and closed.
 */
package io.patchstream.stream.run;
