/** Labelled pictures as a list: what writes such lists (from a folder, from a topic) and what learns from them agree on here. */
package io.patchstream.vision.examples;
