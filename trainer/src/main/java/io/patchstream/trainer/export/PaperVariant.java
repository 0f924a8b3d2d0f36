package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paper's sizes by name, such as {@code ViT-Ti/16}. */
final class PaperVariant {
    private static final Pattern NAME = Pattern.compile("ViT-(\\w+)/(\\d+)");

    /** D, L, h, M. */
    private static final Map<String, int[]> SIZES = Map.of(
            "Ti", new int[] {192, 12, 3, 768},
            "S", new int[] {384, 12, 6, 1536},
            "B", new int[] {768, 12, 12, 3072},
            "L", new int[] {1024, 24, 16, 4096},
            "H", new int[] {1280, 32, 16, 5120});

    private PaperVariant() {}

    /**
     * @throws ExportException when there is no such size
     */
    static ModelConfig of(String name, int imageSize, int classes) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches() || !SIZES.containsKey(matcher.group(1))) {
            throw new ExportException("there is no variant " + name + ": it is ViT-SIZE/PATCH, with SIZE one of "
                    + "Ti, S, B, L, H, such as ViT-Ti/16");
        }
        int[] size = SIZES.get(matcher.group(1));
        return new ModelConfig(
                name,
                imageSize,
                new Patches(Integer.parseInt(matcher.group(2))),
                size[0],
                size[1],
                size[2],
                size[3],
                classes,
                Pooling.CLASS_TOKEN,
                Gelu.TANH,
                1e-6,
                0,
                0,
                Normalisation.HALF);
    }
}
