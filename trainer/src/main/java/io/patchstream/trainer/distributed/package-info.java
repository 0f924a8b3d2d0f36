/** Several processes that train one model: each works on its part of every batch, and gradients are summed over all. */
package io.patchstream.trainer.distributed;
