/**
 * Batch: which decoded pictures go to the model together, and when. Learns what the device does best, serves sources in
 * turn, puts first what is waited for, and takes the blame apart when a batch fails. Knows no Kafka and no ONNX Runtime.
 */
package io.patchstream.stream.batch;
