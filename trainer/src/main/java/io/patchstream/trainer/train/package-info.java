/**
 * The training loop, what it saves so that it can go on after a kill, and what it tells while it runs. Read
 * {@link io.patchstream.trainer.train.Trainer} first.
 */
package io.patchstream.trainer.train;
