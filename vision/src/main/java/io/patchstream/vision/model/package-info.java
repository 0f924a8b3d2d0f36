/**
 * What an exported model promises: its input and preprocessing, its labels, where it comes from, and the golden frames
 * that prove it. Written by the trainer, checked by the stream processor; knows no pixels library and no engine.
 *
 * <p>Shapes, here and everywhere: B batch, H and W height and width in pixels, K classes, D hidden size.
 */
package io.patchstream.vision.model;
