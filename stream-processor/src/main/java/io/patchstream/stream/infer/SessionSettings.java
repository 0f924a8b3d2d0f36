package io.patchstream.stream.infer;

import static java.util.Objects.requireNonNull;

import io.patchstream.vision.DecodeScale;

/**
 * How a model is put on a device.
 *
 * @param provider which device
 * @param intraOpThreads how many threads work on one batch; 1 runs it on the caller's thread, which on a CPU gives the
 *     most pictures per second when there are several callers
 * @param goldenRequired whether a model without golden frames is refused
 * @param topK how many labels a prediction has
 * @param decodeScale how much of a JPEG's resolution is decoded: part of the fingerprint, and nothing more here
 * @param accelerator what the device needs to be told
 * @param keys who must have signed a model
 * @param needs what a model must tell besides its answers
 */
public record SessionSettings(
        Provider provider,
        int intraOpThreads,
        boolean goldenRequired,
        int topK,
        DecodeScale decodeScale,
        Accelerator accelerator,
        ModelKeys keys,
        ModelNeeds needs) {
    public SessionSettings {
        requireNonNull(provider, "provider");
        requireNonNull(decodeScale, "decodeScale");
        requireNonNull(accelerator, "accelerator");
        requireNonNull(keys, "keys");
        requireNonNull(needs, "needs");
        if (intraOpThreads < 1) {
            throw new IllegalArgumentException("intraOpThreads is " + intraOpThreads + "; it must be at least 1");
        }
        if (topK < 1) {
            throw new IllegalArgumentException("topK is " + topK + "; it must be at least 1");
        }
    }

    /** For a device that needs to be told nothing, and any model. */
    public SessionSettings(
            Provider provider, int intraOpThreads, boolean goldenRequired, int topK, DecodeScale decodeScale) {
        this(
                provider,
                intraOpThreads,
                goldenRequired,
                topK,
                decodeScale,
                Accelerator.NONE,
                ModelKeys.NONE,
                ModelNeeds.NONE);
    }

    /** The same on another device. */
    SessionSettings on(Provider other) {
        return new SessionSettings(other, intraOpThreads, goldenRequired, topK, decodeScale, accelerator, keys, needs);
    }
}
