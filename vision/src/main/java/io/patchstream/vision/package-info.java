/**
 * Pixels: from encoded bytes to the uint8 {@code [H, W, 3]} image that a model reads, the same bytes in training and in
 * serving. The only user of JavaCV.
 */
package io.patchstream.vision;
