package io.patchstream.trainer.torch;

/** The number format of dense layers and convolutions. */
public enum Precision {
    FP32,
    BF16
}
