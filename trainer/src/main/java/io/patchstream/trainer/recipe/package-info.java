/** Recipes: everything that a training is, as one typed record that is read from a properties file. */
package io.patchstream.trainer.recipe;
