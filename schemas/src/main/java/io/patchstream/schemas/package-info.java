/** What is on the wire: the Avro records, the table of topics and the ids that follow from content. */
package io.patchstream.schemas;
