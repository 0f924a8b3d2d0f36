/**
 * How weights change from step to step: learning-rate schedule, clipping, AdamW, Muon and SGD, Polyak averaging. All work on the
 * model's flat vectors ({@link io.patchstream.trainer.model.Weights}).
 */
package io.patchstream.trainer.optimise;
