/**
 * Labelled pictures: where they are read from, how they become the model's input, and the stream of batches that training
 * eats. Knows no libtorch.
 */
package io.patchstream.trainer.data;
