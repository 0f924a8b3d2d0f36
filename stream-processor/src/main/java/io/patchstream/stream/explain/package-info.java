/**
 * Explaining an answer: its frame is found by the lineage that it carries, and answered again by the model that it names.
 */
package io.patchstream.stream.explain;
