/** The trainer's step beside PyTorch's and timm's: the same weights, batch and losses, each in a process of its own. */
package io.patchstream.bench.training;
