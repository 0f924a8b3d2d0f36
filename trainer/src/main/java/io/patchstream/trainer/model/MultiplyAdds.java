package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelOptions.Mlp;

/** Multiplications with additions of one picture's forward pass, in products of matrices alone; of patch transformers. */
public final class MultiplyAdds {
    private MultiplyAdds() {}

    /**
     * @throws IllegalArgumentException for tokenizers other than patches
     */
    public static long of(ModelConfig config) {
        if (!(config.tokenizer() instanceof Patches patches)) {
            throw new IllegalArgumentException("only patch transformers are counted, not " + config.tokenizer());
        }
        long d = config.hiddenSize();
        long t = config.tokens() + (long) config.prefixTokens();
        long mlp = (config.options().mlp() == Mlp.GATED ? 3L : 2L) * d * config.mlpSize();
        long embedding = (long) config.tokens() * 3 * patches.size() * patches.size() * d;
        long block = t * (4 * d * d + mlp) + 2 * t * t * d;
        long pooling =
                config.pooling() == Pooling.MAP ? t * 2 * d * d + 2 * d * d + 2 * t * d + 2 * d * config.mlpSize() : 0;
        long heads = (config.options().distilled() ? 2L : 1L) * config.embeddingSize() * config.classes();
        return embedding
                + config.layers() * block
                + pooling
                + d * config.options().representation()
                + heads;
    }
}
