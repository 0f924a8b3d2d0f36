/**
 * Dividing examples so that no picture of the test set has a twin, or a neighbouring video frame, in the training set; and
 * how much a division at random would have leaked. Knows no libtorch.
 */
package io.patchstream.trainer.divide;
