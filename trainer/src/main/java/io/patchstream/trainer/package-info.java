/** Makes models: data, model, optimise, evaluate, export; the only user of libtorch. */
package io.patchstream.trainer;
