/**
 * Checkpoints of others: read without running anything in them, recognised by names and shapes, and turned into a
 * {@link io.patchstream.trainer.model.TrainedModel}.
 */
package io.patchstream.trainer.checkpoint;
