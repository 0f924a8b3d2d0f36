package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.checkpoint.Dialect.Rule;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ModelConfig.Standardisation;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of ResNets: timm's, the paper's code's (trunks of hybrids) and BiT's; and what a trunk's tensors say of it. */
final class ResNetNames {
    private static final String TRUNK = "patch_embed.backbone.";
    private static final Pattern HYBRID_UNIT = Pattern.compile("(.*?)block(\\d+)/unit(\\d+)/(.*)");
    private static final String UNIT = "stages\\.(\\d+)\\.blocks\\.(\\d+)\\.";

    private static final String OUTER = "(?:opt/target/|params/|resnet/)*";

    /** The paper's code; stages and units are counted from 0 by then. */
    static final List<Rule> HYBRID_RULES = List.of(
            Rule.of(OUTER + "conv_root/kernel", TRUNK + "stem.conv.weight"),
            Rule.of(OUTER + "gn_root/scale", TRUNK + "stem.norm.weight"),
            Rule.of(OUTER + "gn_root/bias", TRUNK + "stem.norm.bias"),
            Rule.of(OUTER + UNIT + "conv([123])/kernel", TRUNK + "stages.$1.blocks.$2.conv$3.weight"),
            Rule.of(OUTER + UNIT + "gn([123])/scale", TRUNK + "stages.$1.blocks.$2.norm$3.weight"),
            Rule.of(OUTER + UNIT + "gn([123])/bias", TRUNK + "stages.$1.blocks.$2.norm$3.bias"),
            Rule.of(OUTER + UNIT + "conv_proj/kernel", TRUNK + "stages.$1.blocks.$2.downsample.conv.weight"),
            Rule.of(OUTER + UNIT + "gn_proj/scale", TRUNK + "stages.$1.blocks.$2.downsample.norm.weight"),
            Rule.of(OUTER + UNIT + "gn_proj/bias", TRUNK + "stages.$1.blocks.$2.downsample.norm.bias"));

    /** BiT's authors; {@code a}, {@code b} and {@code c} are 1, 2 and 3 by then. */
    static final List<Rule> BIT_RULES = List.of(
            Rule.of(OUTER + "root_block/standardized_conv2d/kernel", "stem.conv.weight"),
            Rule.of(OUTER + UNIT + "1/proj/standardized_conv2d/kernel", "stages.$1.blocks.$2.downsample.conv.weight"),
            Rule.of(OUTER + UNIT + "([123])/standardized_conv2d/kernel", "stages.$1.blocks.$2.conv$3.weight"),
            Rule.of(OUTER + UNIT + "([123])/group_norm/gamma", "stages.$1.blocks.$2.norm$3.weight"),
            Rule.of(OUTER + UNIT + "([123])/group_norm/beta", "stages.$1.blocks.$2.norm$3.bias"),
            Rule.of(OUTER + "group_norm/gamma", "norm.weight"),
            Rule.of(OUTER + "group_norm/beta", "norm.bias"),
            Rule.of(OUTER + "head/conv2d/kernel", "head.weight"),
            Rule.of(OUTER + "head/conv2d/bias", "head.bias"));

    /** timm's BiT. */
    static final List<Rule> TIMM_RULES = List.of(Rule.of("head\\.fc\\.(.*)", "head.$1"), Rule.of("(.*)", "$1"));

    private ResNetNames() {}

    /** Stages and units counted from 0 and not from 1, and BiT's letters as numbers. */
    static Map<String, HostTensor> countedFromZero(Map<String, HostTensor> tensors) {
        Map<String, HostTensor> counted = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            Matcher unit = HYBRID_UNIT.matcher(name);
            String rest = unit.matches() ? unit.group(4) : "";
            String part = rest.matches("[abc]/.*") ? (rest.charAt(0) - 'a' + 1) + rest.substring(1) : rest;
            counted.put(
                    unit.matches()
                            ? unit.group(1) + "stages." + (Integer.parseInt(unit.group(2)) - 1) + ".blocks."
                                    + (Integer.parseInt(unit.group(3)) - 1) + "." + part
                            : name,
                    tensor);
        });
        return counted;
    }

    /** HWIO to OIHW. */
    static HostTensor turned(String name, HostTensor tensor) {
        return tensor.rank() == 4 && name.endsWith(".weight") ? Layout.permute(tensor, 3, 2, 0, 1) : tensor;
    }

    /** The trunk of a hybrid whose tensors are by timm's names; empty for a model without one. */
    static Optional<ResNet> trunk(Map<String, HostTensor> tensors, Dialect dialect, int patch) {
        // A root alone has no stem of its own in timm.
        for (String part : List.of("conv.weight", "norm.weight", "norm.bias")) {
            HostTensor tensor = tensors.remove(TRUNK + part);
            if (tensor != null) {
                tensors.put(TRUNK + "stem." + part, tensor);
            }
        }
        HostTensor root = tensors.get(TRUNK + "stem.conv.weight");
        if (root == null) {
            return Optional.empty();
        }
        boolean google = dialect == Dialect.GOOGLE;
        return Optional.of(new ResNet(
                units(tensors, TRUNK),
                Math.toIntExact(root.dim(0)),
                true,
                patch,
                google ? 1e-6 : 1e-5,
                google ? Standardisation.HYBRID : Standardisation.TIMM));
    }

    /** How many units each stage has. */
    static List<Integer> units(Map<String, HostTensor> tensors, String prefix) {
        List<Integer> units = new ArrayList<>();
        while (tensors.containsKey(prefix + "stages." + units.size() + ".blocks.0.conv1.weight")) {
            int count = 1;
            while (tensors.containsKey(prefix + "stages." + units.size() + ".blocks." + count + ".conv1.weight")) {
                count++;
            }
            units.add(count);
        }
        return units;
    }
}
