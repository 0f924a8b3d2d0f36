/** Inference speed and memory by architecture, input size and precision (Dosovitskiy et al. 2021, appendix D.5). */
package io.patchstream.bench.speed;
