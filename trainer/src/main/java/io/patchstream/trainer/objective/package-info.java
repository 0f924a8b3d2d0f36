/** What a training makes small: each objective computes the loss of some pictures, which the training loop differentiates. */
package io.patchstream.trainer.objective;
