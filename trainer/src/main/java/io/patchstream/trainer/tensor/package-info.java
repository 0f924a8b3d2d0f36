/** Tensors in Java memory and on disk (safetensors): what crosses from libtorch to the exporter, and back. */
package io.patchstream.trainer.tensor;
