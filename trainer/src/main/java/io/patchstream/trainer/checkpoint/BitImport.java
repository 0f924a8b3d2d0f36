package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ModelConfig.Standardisation;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelLineage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From a checkpoint of BiT (Kolesnikov et al. 2020) to a model of ours. */
final class BitImport {
    /** What timm and BiT's authors evaluate at where nothing else is said. */
    private static final int USUAL_SIZE = 224;

    private BitImport() {}

    /**
     * @throws CheckpointException when tensors are missing, misshapen or too many; the message names them
     */
    static CheckpointImport.Imported of(Checkpoint checkpoint, ImportSettings settings, Dialect dialect) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>(dialect.toTimm(checkpoint.tensors()));
        List<String> notes = new ArrayList<>();
        List<Integer> units = ResNetNames.units(tensors, "");
        HostTensor root = tensors.get("stem.conv.weight");
        if (settings.patchSize().isPresent() || root == null || units.isEmpty()) {
            throw new CheckpointException("a BiT ResNet has a root, stages (here " + units + ") and no --patch-size");
        }
        Standardisation standardisation = dialect == Dialect.BIT ? Standardisation.BIT : Standardisation.TIMM;
        ResNet net = new ResNet(units, Math.toIntExact(root.dim(0)), false, 0, 1e-5, standardisation);
        int d = net.outputs(units.size() - 1);
        if (settings.headless()) {
            tensors.keySet().removeIf(name -> name.startsWith("head."));
        }
        if (!tensors.containsKey("head.weight")) {
            tensors.put("head.weight", HostTensor.of(new float[d], 1, d));
            tensors.put("head.bias", HostTensor.of(new float[1], 1));
            notes.add("the checkpoint has no classifier: the model has one class, and what counts is its embedding");
        }
        int classes = Math.toIntExact(tensors.get("head.weight").dim(0));
        int imageSize = settings.imageSize().orElseGet(() -> size(checkpoint, notes));
        String name = settings.name()
                .orElse("BiT-R" + (2 + 3 * units.stream().mapToInt(u -> u).sum()) + "x"
                        + Math.max(1, net.width() / 64));
        ModelConfig config = ModelVariants.bit(name, net, imageSize, classes);
        Completion.requireLayout(tensors, config, dialect);

        Preparation preparation = Preparation.of(checkpoint, dialect, imageSize, PixelStatistics.HALF);
        settings.statistics().orElse(preparation.statistics()).requireHalf();
        notes.addAll(preparation.notes());
        ModelLineage lineage = new ModelLineage("", checkpoint.sha256(), "import " + dialect, 0, Map.of(), "");
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        ParameterLayout.of(config).entries().forEach(entry -> parameters.put(entry.name(), tensors.get(entry.name())));
        List<String> labels = Completion.labels(checkpoint, settings, classes, notes);
        return new CheckpointImport.Imported(
                new TrainedModel(config, parameters, labels, preparation.preprocessing(), lineage),
                dialect.toString(),
                notes);
    }

    private static int size(Checkpoint checkpoint, List<String> notes) {
        int stated = checkpoint
                .settings()
                .path("pretrained_cfg")
                .path("input_size")
                .path(1)
                .asInt(0);
        if (stated == 0) {
            notes.add("the checkpoint does not say its image size: " + USUAL_SIZE
                    + " is taken for granted (--image-size)");
        }
        return stated > 0 ? stated : USUAL_SIZE;
    }
}
