/**
 * How good a model is, and how far it can be believed: top-1, top-5, per class, confusion; calibration, conformal sets,
 * outsiders; few-shot heads and neighbours; robustness. n examples, K classes, D the embedding's size.
 */
package io.patchstream.trainer.evaluate;
