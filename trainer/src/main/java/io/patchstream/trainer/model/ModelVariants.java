package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ModelConfig.Convolutions;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ModelConfig.Standardisation;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The architectures that have names: {@code ViT-Ti/16} to {@code ViT-H/14} with any patch size (Dosovitskiy et al. 2021,
 * table 1; Ti and S from Touvron et al. 2021; {@code b} is B with hidden sizes halved (figure 4); the rest from big_vision), and {@code CCT-2/3x2} to {@code CCT-14/7x2} with any kernel and number of
 * convolutions (Hassani et al. 2021, table 2).
 */
public final class ModelVariants {
    private static final Pattern VIT = Pattern.compile("ViT-(mu|Ti|b|S|M|B|L|So400m|H|g|G|e)/(\\d{1,3})");
    private static final Pattern COMPACT = Pattern.compile("CCT-(2|4|6|7|14)/(\\d)x(\\d)");
    private static final Pattern HYBRID = Pattern.compile("R(14|26|50|)\\+ViT-(Ti|S|B|L)/(16|32)");
    private static final Pattern BIT = Pattern.compile("BiT-R(14|26|50|101|152)x([1-4])");
    private static final double EPSILON = 1e-6;

    private static final Map<String, Size> VIT_SIZES = Map.ofEntries(
            Map.entry("mu", new Size(32, 1, 2, 128)),
            Map.entry("Ti", new Size(192, 12, 3, 768)),
            Map.entry("b", new Size(384, 12, 12, 1536)),
            Map.entry("S", new Size(384, 12, 6, 1536)),
            Map.entry("M", new Size(512, 12, 8, 2048)),
            Map.entry("B", new Size(768, 12, 12, 3072)),
            Map.entry("L", new Size(1024, 24, 16, 4096)),
            Map.entry("So400m", new Size(1152, 27, 16, 4304)),
            Map.entry("H", new Size(1280, 32, 16, 5120)),
            Map.entry("g", new Size(1408, 40, 16, 6144)),
            Map.entry("G", new Size(1664, 48, 16, 8192)),
            Map.entry("e", new Size(1792, 56, 16, 15360)));

    private static final Map<String, Size> COMPACT_SIZES = Map.of(
            "2", new Size(128, 2, 2, 128),
            "4", new Size(128, 4, 2, 128),
            "6", new Size(256, 6, 4, 512),
            "7", new Size(256, 7, 4, 512),
            "14", new Size(384, 14, 6, 1152));

    private static final Map<String, List<Integer>> UNITS = Map.of(
            "14", List.of(1, 1, 1, 1),
            "26", List.of(2, 2, 2, 2),
            "50", List.of(3, 4, 6, 3),
            "101", List.of(3, 4, 23, 3),
            "152", List.of(3, 8, 36, 3));

    /** Channels of a ResNet's root at width 1. */
    private static final int ROOT = 64;
    /** Epsilon of BiT's group norms. */
    private static final double BIT_EPSILON = 1e-5;

    /** Channels of all but the last convolution of a compact transformer's tokenizer. */
    private static final int CHANNELS = 64;

    private record Size(int hidden, int layers, int heads, int mlp) {}

    private ModelVariants() {}

    /**
     * The architecture of this name, with input in [-1, 1] and no dropout. GELU is as in the authors' code: the tanh
     * approximation in the paper's, exact in the compact transformers'.
     *
     * @param text such as {@code ViT-B/16} or {@code CCT-7/3x1}, and options after it: {@code ViT-B/16 pooling=MAP registers=4}
     *     (keys: pooling, gelu, registers and those of {@link ModelOptions}, in kebab-case)
     * @param imageSize H = W in pixels
     * @param classes K
     * @throws IllegalArgumentException when there is none of this name
     */
    public static ModelConfig named(String text, int imageSize, int classes) {
        String[] words = text.strip().split("\\s+", -1);
        ModelConfig config = bare(words[0], imageSize, classes);
        for (String word : List.of(words).subList(1, words.length)) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("model option " + word + " is no KEY=VALUE, such as pooling=MAP");
            }
            config = config.with(word.substring(0, equals), word.substring(equals + 1));
        }
        return config;
    }

    private static ModelConfig bare(String name, int imageSize, int classes) {
        Matcher vit = VIT.matcher(name);
        if (vit.matches()) {
            Patches patches = new Patches(Integer.parseInt(vit.group(2)));
            return config(
                    name, imageSize, patches, VIT_SIZES.get(vit.group(1)), classes, Pooling.CLASS_TOKEN, Gelu.TANH);
        }
        Matcher compact = COMPACT.matcher(name);
        if (compact.matches()) {
            Convolutions convolutions =
                    new Convolutions(Integer.parseInt(compact.group(3)), Integer.parseInt(compact.group(2)), CHANNELS);
            return config(
                    name,
                    imageSize,
                    convolutions,
                    COMPACT_SIZES.get(compact.group(1)),
                    classes,
                    Pooling.SEQUENCE,
                    Gelu.ERF);
        }
        Matcher hybrid = HYBRID.matcher(name);
        if (hybrid.matches()) {
            Size size = VIT_SIZES.get(hybrid.group(2));
            ResNet trunk = trunk(hybrid.group(1), hybrid.group(3).equals("16"));
            return config(name, imageSize, trunk, size, classes, Pooling.CLASS_TOKEN, Gelu.TANH);
        }
        Matcher bit = BIT.matcher(name);
        if (bit.matches()) {
            int width = ROOT * Integer.parseInt(bit.group(2));
            ResNet net = new ResNet(UNITS.get(bit.group(1)), width, false, 0, BIT_EPSILON, Standardisation.BIT);
            return bit(name, net, imageSize, classes);
        }
        throw new IllegalArgumentException(
                "no model is called " + name
                        + "; there are ViT-{mu,Ti,b,S,M,B,L,So400m,H,g,G,e}/PATCH, such as ViT-B/16, CCT-{2,4,6,7,14}/KERNELxLAYERS, such as CCT-4/3x2, R{14,26,50}+ViT-{Ti,S,B,L}/{16,32}, R+ViT-Ti/16, and BiT-R{14,26,50,101,152}x{1,2,3,4}");
    }

    /**
     * A hybrid's trunk. With /16, the fourth stage's units are in the third, whose map is twice as large to each side: four times the
     * tokens. Without stages, the root is followed by patches of 8.
     */
    private static ResNet trunk(String depth, boolean extended) {
        if (depth.isEmpty()) {
            return new ResNet(List.of(), ROOT, true, 8, EPSILON, Standardisation.HYBRID);
        }
        List<Integer> units = UNITS.get(depth);
        List<Integer> stages = extended ? List.of(units.get(0), units.get(1), units.get(2) + units.get(3)) : units;
        return new ResNet(stages, ROOT, true, 1, EPSILON, Standardisation.HYBRID);
    }

    /** A BiT ResNet: its last map's mean is the embedding. */
    public static ModelConfig bit(String name, ResNet net, int imageSize, int classes) {
        int d = net.outputs(net.units().size() - 1);
        return new ModelConfig(
                name,
                imageSize,
                net,
                d,
                0,
                1,
                d,
                classes,
                Pooling.MEAN,
                Gelu.ERF,
                EPSILON,
                0,
                0,
                Normalisation.HALF,
                0,
                new ModelOptions(
                        ModelOptions.Positions.NONE,
                        ModelOptions.Mlp.PLAIN,
                        true,
                        false,
                        ModelOptions.FinalNorm.NONE,
                        0,
                        0,
                        true,
                        false));
    }

    private static ModelConfig config(
            String name,
            int imageSize,
            ModelConfig.Tokenizer tokenizer,
            Size size,
            int classes,
            Pooling pooling,
            Gelu gelu) {
        return new ModelConfig(
                name,
                imageSize,
                tokenizer,
                size.hidden(),
                size.layers(),
                size.heads(),
                size.mlp(),
                classes,
                pooling,
                gelu,
                EPSILON,
                0,
                0,
                Normalisation.HALF,
                0);
    }
}
