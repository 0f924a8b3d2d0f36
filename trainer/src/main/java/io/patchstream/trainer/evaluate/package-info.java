/** How good a model is: top-1, top-5, per class, confusion. */
package io.patchstream.trainer.evaluate;
