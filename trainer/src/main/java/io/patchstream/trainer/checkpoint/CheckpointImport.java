package io.patchstream.trainer.checkpoint;

import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.ResNet;
import io.patchstream.trainer.model.ModelOptions;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Resampling;
import io.patchstream.vision.model.ModelLineage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * From a checkpoint to a model of ours. What other families do and ours does not is folded into weights where that is exact:
 * LayerScale into the layers before it, pixel statistics into the patch filter, a class token without a position into a
 * position of zero, registers and distillation tokens into rows of the class token, absent biases into zeros. What cannot be folded is refused by name.
 */
public final class CheckpointImport {
    private static final String FILTER = "patch_embed.proj.weight";
    private static final String BIAS = "patch_embed.proj.bias";
    private static final String POSITIONS = "pos_embed";

    private final Checkpoint checkpoint;
    private final ImportSettings settings;
    private final Dialect dialect;
    private final Map<String, HostTensor> tensors;
    private final EncoderTraits traits;
    private final List<String> notes = new ArrayList<>();

    private CheckpointImport(Checkpoint checkpoint, ImportSettings settings) {
        this.checkpoint = checkpoint;
        this.settings = settings;
        this.dialect = Dialect.of(checkpoint.tensors());
        this.tensors = new LinkedHashMap<>(dialect.toTimm(checkpoint.tensors()));
        this.traits = new EncoderTraits(tensors, checkpoint, dialect, settings);
    }

    /**
     * A model and what its user should know of how it was made.
     *
     * @param family in whose names the checkpoint was
     * @param notes what was taken for granted
     */
    public record Imported(TrainedModel model, String family, List<String> notes) {
        public Imported {
            notes = List.copyOf(notes);
        }
    }

    /**
     * @throws CheckpointException when the checkpoint is no Vision Transformer that can be taken in; the message names why
     */
    public static Imported of(Checkpoint checkpoint, ImportSettings settings) {
        Dialect dialect = Dialect.of(checkpoint.tensors());
        return dialect.isBit()
                ? BitImport.of(checkpoint, settings, dialect)
                : new CheckpointImport(checkpoint, settings).imported();
    }

    private Imported imported() {
        traits.settle();
        boolean distilled = traits.distilled();
        PixelStatistics usual = traits.usualStatistics(tensors.containsKey("blocks.0.ls1.gamma"));
        HostTensor filter = filter();
        Optional<ResNet> trunk = ResNetNames.trunk(tensors, dialect, Math.toIntExact(filter.dim(2)));
        requireChannels(filter, trunk);
        int d = Math.toIntExact(filter.dim(0));
        foldLayerScale();
        addAbsentBiases(d);
        int joined = joinTokens(d);
        int imageSize =
                fitPositions(filter, d, joined, trunk.map(ResNet::stride).orElse(1));
        int patch = settings.patchSize().orElse(Math.toIntExact(filter.dim(2)));
        if (patch != filter.dim(2)) {
            tensors.put(FILTER, Resampling.BICUBIC_ANTIALIAS.patchFilter(filter, patch));
        }
        ModelOptions options = traits.options(distilled);
        int classes = fitHead(options.representation() > 0 ? options.representation() : d, distilled);
        ModelConfig config = config(imageSize, patch, d, classes, distilled ? joined - 1 : joined, options, trunk);
        Completion.requireLayout(tensors, config, dialect);

        Preparation preparation = Preparation.of(checkpoint, dialect, imageSize, usual);
        if (settings.statistics().isEmpty()) {
            notes.addAll(preparation.notes());
        }
        foldStatistics(settings.statistics().orElse(preparation.statistics()), trunk.isPresent());
        ModelLineage lineage = new ModelLineage("", checkpoint.sha256(), "import " + dialect, 0, Map.of(), "");
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        ParameterLayout.of(config).entries().forEach(entry -> parameters.put(entry.name(), tensors.get(entry.name())));
        return new Imported(
                new TrainedModel(
                        config,
                        parameters,
                        Completion.labels(checkpoint, settings, classes, notes),
                        preparation.preprocessing(),
                        lineage),
                dialect.toString(),
                notes);
    }

    private void foldStatistics(PixelStatistics statistics, boolean padded) {
        if (padded) {
            statistics.requireHalf();
            return;
        }
        List<HostTensor> folded = statistics.foldedInto(tensors.get(FILTER), tensors.get(BIAS));
        tensors.put(FILTER, folded.get(0));
        tensors.put(BIAS, folded.get(1));
    }

    private HostTensor filter() {
        HostTensor filter = require(FILTER);
        if (filter.rank() == 2) { // old files have [D, 3 P P]
            long side = Math.round(Math.sqrt(filter.dim(1) / 3.0));
            filter = 3 * side * side == filter.dim(1) ? Layout.reshape(filter, filter.dim(0), 3, side, side) : filter;
        }
        if (filter.rank() != 4 || filter.dim(2) != filter.dim(3) || filter.dim(2) < 1) {
            throw new CheckpointException(
                    FILTER + " is " + Arrays.toString(filter.shape()) + "; a Vision Transformer's is [D, 3, P, P]");
        }
        tensors.put(FILTER, filter);
        return filter;
    }

    private void requireChannels(HostTensor filter, Optional<ResNet> trunk) {
        int channels = trunk.map(net -> net.outputs(net.units().size() - 1)).orElse(3);
        if (filter.dim(1) != channels) {
            throw new CheckpointException(
                    FILTER + " is " + Arrays.toString(filter.shape()) + "; it is [D, " + channels + ", P, P]");
        }
        if (trunk.isPresent() && settings.patchSize().isPresent()) {
            throw new CheckpointException(
                    "--patch-size does not go with a hybrid: its patches are of a map, not of pixels");
        }
    }

    private HostTensor require(String name) {
        HostTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new CheckpointException(
                    "the checkpoint lacks " + name + " (by timm's names); it has " + tensors.keySet());
        }
        return tensor;
    }

    /** {@code gamma * (W x + b) = (gamma W) x + gamma b}. */
    private void foldLayerScale() {
        for (int block = 0; tensors.containsKey("blocks." + block + ".norm1.weight"); block++) {
            String name = "blocks." + block;
            fold(name + ".ls1.gamma", name + ".attn.proj");
            fold(name + ".ls2.gamma", name + ".mlp.fc2");
        }
    }

    private void fold(String scale, String layer) {
        HostTensor gamma = tensors.remove(scale);
        if (gamma == null) {
            return;
        }
        for (String part : List.of(".weight", ".bias")) {
            HostTensor old = require(layer + part);
            if (old.dim(0) != gamma.values().length) {
                throw new CheckpointException(scale + " is " + Arrays.toString(gamma.shape()) + "; " + layer + part
                        + " is " + Arrays.toString(old.shape()));
            }
            float[] values = old.values().clone();
            int row = values.length / gamma.values().length;
            for (int i = 0; i < values.length; i++) {
                values[i] *= gamma.values()[i / row];
            }
            tensors.put(layer + part, new HostTensor(old.shape(), values));
        }
    }

    private void addAbsentBiases(int d) {
        tensors.computeIfAbsent(BIAS, name -> HostTensor.of(new float[d], d));
        HostTensor representation = tensors.get("pre_logits.weight");
        if (representation != null) {
            int size = Math.toIntExact(representation.dim(0));
            tensors.computeIfAbsent("pre_logits.bias", name -> HostTensor.of(new float[size], size));
        }
        for (int block = 0; block < layers(); block++) {
            String qkv = "blocks." + block + ".attn.qkv";
            if (tensors.containsKey(qkv + ".weight")) {
                tensors.computeIfAbsent(qkv + ".bias", name -> HostTensor.of(new float[3 * d], 3L * d));
            }
        }
    }

    private int layers() {
        return (int) tensors.keySet().stream()
                .filter(name -> name.matches("blocks\\.\\d+\\.norm1\\.weight"))
                .count();
    }

    /** A distillation token and registers become rows of the class token; gives their number. */
    private int joinTokens(int d) {
        List<HostTensor> rows = new ArrayList<>();
        for (String name : List.of("cls_token", "dist_token", "reg_token")) {
            HostTensor tokens = rows.isEmpty() ? tensors.get(name) : tensors.remove(name);
            if (tokens == null) {
                if (name.equals("cls_token")) {
                    return 0;
                }
                continue;
            }
            if (tokens.values().length % d != 0 || rows.isEmpty() && tokens.values().length != d) {
                throw new CheckpointException(name + " is " + Arrays.toString(tokens.shape())
                        + "; the class token is [1, 1, " + d + "] and what goes with it [1, R, " + d + "]");
            }
            rows.add(Layout.reshape(tokens, tokens.values().length / d, d));
        }
        HostTensor stacked = Layout.stack(rows);
        tensors.put("cls_token", Layout.reshape(stacked, 1, stacked.dim(0), d));
        return Math.toIntExact(stacked.dim(0) - 1);
    }

    /**
     * Brings the position embedding to {@code [1, N+1+R, D]}, or {@code [1, N, D]} without a class token; gives H = W. Tokens
     * that have no position in the checkpoint get zeros: the class token of DeiT-III, the registers of DINOv2.
     */
    private int fitPositions(HostTensor filter, int d, int joined, int stride) {
        HostTensor positions = require(POSITIONS);
        if (positions.rank() == 2) {
            positions = Layout.reshape(positions, 1, positions.dim(0), positions.dim(1));
        }
        if (positions.rank() != 3 || positions.dim(0) != 1 || positions.dim(2) != d) {
            throw new CheckpointException(POSITIONS + " is " + Arrays.toString(positions.shape())
                    + "; with a hidden size of " + d + " it is [1, N, " + d + "]");
        }
        int rows = Math.toIntExact(positions.dim(1));
        boolean classToken = tensors.containsKey("cls_token");
        int wanted = classToken ? 1 + joined : 0;
        int prefix = IntStream.of(Math.min(1, wanted), 0, wanted)
                .filter(count -> isSquare(rows - count))
                .findFirst()
                .orElseThrow(() -> new CheckpointException(POSITIONS + " has " + rows + " rows; a square of patches"
                        + (classToken ? ", with or without the tokens before them," : "") + " was expected"));
        if (prefix < wanted) {
            float[] values = new float[(rows - prefix + wanted) * d];
            System.arraycopy(positions.values(), 0, values, 0, prefix * d);
            System.arraycopy(positions.values(), prefix * d, values, wanted * d, (rows - prefix) * d);
            positions = HostTensor.of(values, 1, rows - prefix + (long) wanted, d);
            prefix = wanted;
        }
        int from = (int) Math.round(Math.sqrt(positions.dim(1) - prefix));
        int oldPatch = Math.toIntExact(filter.dim(2)) * stride;
        int patch = stride == 1 ? settings.patchSize().orElse(oldPatch) : oldPatch;
        int imageSize = settings.imageSize().orElse(from * oldPatch);
        if (patch < 1 || imageSize < patch || imageSize % patch != 0) {
            throw new CheckpointException("image size " + imageSize + " is no multiple of patch size " + patch
                    + ": give another --image-size");
        }
        int to = imageSize / patch;
        tensors.put(POSITIONS, to == from ? positions : rule().positions(positions, prefix, from, to));
        return imageSize;
    }

    private Resampling rule() {
        Resampling usual = switch (dialect) {
            case GOOGLE -> Resampling.ZOOM;
            case TIMM -> Resampling.BICUBIC_ANTIALIAS;
            case HUGGING_FACE, CLIP, BIT, TIMM_BIT -> Resampling.BICUBIC;
        };
        return settings.positions().orElse(usual);
    }

    private static boolean isSquare(int count) {
        long side = Math.round(Math.sqrt(count));
        return count > 0 && side * side == count;
    }

    /** Without a classifier there is one class, and what counts is the embedding. */
    private int fitHead(int d, boolean distilled) {
        HostTensor head = tensors.get("head.weight");
        if (head == null) {
            if (distilled) {
                tensors.put("head_dist.weight", HostTensor.of(new float[d], 1, d));
                tensors.put("head_dist.bias", HostTensor.of(new float[1], 1));
            }
            tensors.put("head.weight", HostTensor.of(new float[d], 1, d));
            tensors.put("head.bias", HostTensor.of(new float[1], 1));
            notes.add("the checkpoint has no classifier: the model has one class, and what counts is its embedding");
            return 1;
        }
        if (head.rank() != 2 || head.dim(1) != d) {
            throw new CheckpointException("the classifier is " + Arrays.toString(head.shape())
                    + "; this model's is [K, " + d + "]: give --headless for the embedding alone");
        }
        int classes = Math.toIntExact(head.dim(0));
        tensors.computeIfAbsent("head.bias", name -> HostTensor.of(new float[classes], classes));
        return classes;
    }

    private ModelConfig config(
            int imageSize, int patch, int d, int classes, int registers, ModelOptions options, Optional<ResNet> trunk) {
        int heads = settings.heads().orElseGet(() -> heads(d));
        if (heads < 1 || d % heads != 0) {
            throw new CheckpointException(
                    "a hidden size of " + d + " does not divide into " + heads + " heads: give --heads");
        }
        return new ModelConfig(
                settings.name().orElse("ViT-D" + d + "/" + patch),
                imageSize,
                trunk.<ModelConfig.Tokenizer>map(net -> net).orElseGet(() -> new Patches(patch)),
                d,
                layers(),
                heads,
                Math.toIntExact(
                        layers() == 0 ? d : require("blocks.0.mlp.fc1.weight").dim(0) / (traits.isGated() ? 2 : 1)),
                classes,
                traits.pooling(),
                traits.gelu(),
                traits.layerNormEpsilon(),
                0,
                0,
                Normalisation.HALF,
                registers,
                options);
    }

    private int heads(int d) {
        int shown =
                dialect == Dialect.GOOGLE ? Math.toIntExact(GoogleLayout.heads(checkpoint.tensors())) : traits.heads();
        if (shown > 0) {
            return shown;
        }
        int usual = d == 1280 ? 16 : Math.max(1, d / 64); // H has heads of 80, all others of 64
        notes.add("the checkpoint does not say how many heads it has: " + usual + " are taken for granted (--heads)");
        return usual;
    }
}
