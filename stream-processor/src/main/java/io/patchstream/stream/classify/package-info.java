/** Classify: labels for image files, with the same engine as the stream processor and no Kafka at all. */
package io.patchstream.stream.classify;
