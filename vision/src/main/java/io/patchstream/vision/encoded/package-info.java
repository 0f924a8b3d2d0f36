/**
 * What encoded bytes say of themselves before anything is decoded: their format, size and orientation, and whether they
 * are whole and within the limits. Plain Java over the bytes; takes no native memory.
 */
package io.patchstream.vision.encoded;
