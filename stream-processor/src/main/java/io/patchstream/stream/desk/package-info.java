/** What the live page asks of Kafka and the registry: dead letters, the ledger and subjects, by the code of the verbs. */
package io.patchstream.stream.desk;
