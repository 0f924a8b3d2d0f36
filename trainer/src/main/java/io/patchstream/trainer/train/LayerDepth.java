package io.patchstream.trainer.train;

import io.patchstream.trainer.model.ModelConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How deep each parameter lies, by its name: 0 for what makes tokens, 1 to L for the encoder's blocks, L+1 for what follows
 * them.
 *
 * @param layers L
 */
record LayerDepth(int layers) {
    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");
    private static final Pattern INPUT = Pattern.compile(
            "(cls_token|dist_token|reg_token|register_tokens|mask_token|pos_embed|patch_embed|tokenizer|norm_pre|stem|stages)\\b.*");
    private static final String HEAD = "head.";

    static LayerDepth of(ModelConfig config) {
        return new LayerDepth(config.layers());
    }

    int of(String parameter) {
        Matcher block = BLOCK.matcher(parameter);
        if (block.matches()) {
            return Integer.parseInt(block.group(1)) + 1;
        }
        return INPUT.matcher(parameter).matches() ? 0 : layers + 1;
    }

    /**
     * Whether a parameter learns.
     *
     * @param last how many of the last blocks do; 0 for the head alone, -1 for everything
     */
    boolean learns(String parameter, int last) {
        if (last < 0) {
            return true;
        }
        return last == 0 ? parameter.startsWith(HEAD) : of(parameter) > layers - last;
    }

    /**
     * The share of the learning rate that a parameter takes; 0 for one that does not learn.
     *
     * @param decay the factor from each layer to the one before it
     */
    double rate(String parameter, double decay, int last) {
        return learns(parameter, last) ? Math.pow(decay, layers + 1 - of(parameter)) : 0;
    }
}
