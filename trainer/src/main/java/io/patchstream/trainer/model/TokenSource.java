package io.patchstream.trainer.model;

import org.bytedeco.pytorch.Tensor;

/** How an image becomes tokens. */
interface TokenSource {
    /**
     * @param image normalised, float32 {@code [B, 3, H, W]}
     * @return {@code [B, N, D]}; the caller's scope owns it
     */
    Tensor tokens(Tensor image);
}
