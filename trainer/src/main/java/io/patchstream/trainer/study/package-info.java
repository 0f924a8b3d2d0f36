/**
 * Studies: many small trainings, one question. Figures 3 to 5 of Dosovitskiy et al. 2021 on whatever data is given: which
 * architecture is ahead with how many examples, and with how much compute. A cell is one training; a curve is what the cells of
 * one model, or of one family, gave.
 */
package io.patchstream.trainer.study;
