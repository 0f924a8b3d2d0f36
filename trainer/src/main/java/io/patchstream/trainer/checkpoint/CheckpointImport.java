package io.patchstream.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelConfig.Gelu;
import io.patchstream.trainer.model.ModelConfig.Normalisation;
import io.patchstream.trainer.model.ModelConfig.Patches;
import io.patchstream.trainer.model.ModelConfig.Pooling;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.TrainedModel;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.vision.model.ModelLineage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * From a checkpoint to a model of ours. What other families do and ours does not is folded into weights where that is exact:
 * LayerScale into the layers before it, pixel statistics into the patch filter, a class token without a position into a
 * position of zero, registers into rows of the class token, absent biases into zeros. What cannot be folded is refused by name.
 */
public final class CheckpointImport {
    private static final String FILTER = "patch_embed.proj.weight";
    private static final String BIAS = "patch_embed.proj.bias";
    private static final String POSITIONS = "pos_embed";

    private final Checkpoint checkpoint;
    private final ImportSettings settings;
    private final Dialect dialect;
    private final Map<String, HostTensor> tensors;
    private final List<String> notes = new ArrayList<>();

    private CheckpointImport(Checkpoint checkpoint, ImportSettings settings) {
        this.checkpoint = checkpoint;
        this.settings = settings;
        this.dialect = Dialect.of(checkpoint.tensors());
        this.tensors = new LinkedHashMap<>(dialect.toTimm(checkpoint.tensors()));
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
        return new CheckpointImport(checkpoint, settings).imported();
    }

    private Imported imported() {
        refuseWhatIsNotThere();
        HostTensor filter = filter();
        int d = Math.toIntExact(filter.dim(0));
        boolean scaled = foldLayerScale();
        addAbsentBiases(d);
        int registers = joinRegisters(d);
        int imageSize = fitPositions(filter, d, registers);
        int patch = settings.patchSize().orElse(Math.toIntExact(filter.dim(2)));
        if (patch != filter.dim(2)) {
            tensors.put(FILTER, Resampling.BICUBIC_ANTIALIAS.patchFilter(filter, patch));
        }
        int classes = fitHead(d);
        ModelConfig config = config(imageSize, patch, d, classes, registers);
        requireLayout(config);

        Preparation preparation = Preparation.of(
                checkpoint, dialect, imageSize, scaled ? PixelStatistics.IMAGENET : PixelStatistics.HALF);
        if (settings.statistics().isEmpty()) {
            notes.addAll(preparation.notes());
        }
        List<HostTensor> folded = settings.statistics()
                .orElse(preparation.statistics())
                .foldedInto(tensors.get(FILTER), tensors.get(BIAS));
        tensors.put(FILTER, folded.get(0));
        tensors.put(BIAS, folded.get(1));
        ModelLineage lineage = new ModelLineage("", checkpoint.sha256(), "import " + dialect, 0, Map.of(), "");
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        ParameterLayout.of(config).entries().forEach(entry -> parameters.put(entry.name(), tensors.get(entry.name())));
        return new Imported(
                new TrainedModel(config, parameters, labels(classes), preparation.preprocessing(), lineage),
                dialect.toString(),
                notes);
    }

    /** What would make another model than the checkpoint's if it were left out. */
    private void refuseWhatIsNotThere() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("dist_token", "a distillation token");
        refused.put("norm_pre.weight", "a layer norm before the first block");
        refused.put("fc_norm.weight", "a layer norm after pooling");
        refused.put("attn_pool.latent", "attention pooling");
        refused.put("blocks.0.mlp.w12.weight", "SwiGLU");
        refused.put("blocks.0.attn.q_norm.weight", "norms of queries and keys");
        refused.forEach((name, what) -> {
            if (tensors.containsKey(name)) {
                throw new CheckpointException(
                        "the checkpoint has " + what + " (" + name + "), which this model has not");
            }
        });
        if (settings.headless()) {
            tensors.keySet().removeIf(name -> name.matches("(head|head_dist|pre_logits)\\..*"));
        } else if (tensors.containsKey("pre_logits.weight")) {
            throw new CheckpointException(
                    "the checkpoint has a hidden layer before its classifier (pre_logits), which this"
                            + " model has not: give --headless for the embedding alone");
        }
        String activation = checkpoint.settings().path("hidden_act").asText("gelu");
        if (!activation.equals("gelu") && !activation.equals("gelu_pytorch_tanh") && !activation.equals("gelu_new")) {
            throw new CheckpointException(
                    "config.json has hidden_act " + activation + "; gelu and gelu_pytorch_tanh are there");
        }
    }

    private HostTensor filter() {
        HostTensor filter = require(FILTER);
        if (filter.rank() == 2) { // old files have [D, 3 P P]
            long side = Math.round(Math.sqrt(filter.dim(1) / 3.0));
            filter = 3 * side * side == filter.dim(1) ? Layout.reshape(filter, filter.dim(0), 3, side, side) : filter;
        }
        if (filter.rank() != 4 || filter.dim(1) != 3 || filter.dim(2) != filter.dim(3) || filter.dim(2) < 1) {
            throw new CheckpointException(
                    FILTER + " is " + Arrays.toString(filter.shape()) + "; a Vision Transformer's is [D, 3, P, P]");
        }
        tensors.put(FILTER, filter);
        return filter;
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
    private boolean foldLayerScale() {
        boolean found = false;
        for (int block = 0; tensors.containsKey("blocks." + block + ".norm1.weight"); block++) {
            String name = "blocks." + block;
            found |= fold(name + ".ls1.gamma", name + ".attn.proj");
            found |= fold(name + ".ls2.gamma", name + ".mlp.fc2");
        }
        return found;
    }

    private boolean fold(String scale, String layer) {
        HostTensor gamma = tensors.remove(scale);
        if (gamma == null) {
            return false;
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
        return true;
    }

    private void addAbsentBiases(int d) {
        tensors.computeIfAbsent(BIAS, name -> HostTensor.of(new float[d], d));
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

    /** Registers become rows of the class token; gives their number. */
    private int joinRegisters(int d) {
        HostTensor registers = tensors.remove("reg_token");
        if (registers == null) {
            return 0;
        }
        HostTensor classToken = require("cls_token");
        if (registers.values().length % d != 0 || classToken.values().length != d) {
            throw new CheckpointException("the class token is " + Arrays.toString(classToken.shape())
                    + " and the registers are " + Arrays.toString(registers.shape()) + "; they are [1, 1, " + d
                    + "] and [1, R, " + d + "]");
        }
        int count = registers.values().length / d;
        HostTensor rows = Layout.stack(List.of(Layout.reshape(classToken, 1, d), Layout.reshape(registers, count, d)));
        tensors.put("cls_token", Layout.reshape(rows, 1, 1L + count, d));
        return count;
    }

    /**
     * Brings the position embedding to {@code [1, N+1+R, D]}, or {@code [1, N, D]} without a class token; gives H = W. Tokens
     * that have no position in the checkpoint get zeros: the class token of DeiT-III, the registers of DINOv2.
     */
    private int fitPositions(HostTensor filter, int d, int registers) {
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
        int wanted = classToken ? 1 + registers : 0;
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
        int oldPatch = Math.toIntExact(filter.dim(2));
        int patch = settings.patchSize().orElse(oldPatch);
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
            case HUGGING_FACE -> Resampling.BICUBIC;
        };
        return settings.positions().orElse(usual);
    }

    private static boolean isSquare(int count) {
        long side = Math.round(Math.sqrt(count));
        return count > 0 && side * side == count;
    }

    /** Without a classifier there is one class, and what counts is the embedding. */
    private int fitHead(int d) {
        HostTensor head = tensors.get("head.weight");
        if (head == null) {
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

    private ModelConfig config(int imageSize, int patch, int d, int classes, int registers) {
        JsonNode json = checkpoint.settings();
        boolean google = dialect == Dialect.GOOGLE;
        boolean huggingFace = dialect == Dialect.HUGGING_FACE;
        int heads = settings.heads().orElseGet(() -> heads(d));
        if (heads < 1 || d % heads != 0) {
            throw new CheckpointException(
                    "a hidden size of " + d + " does not divide into " + heads + " heads: give --heads");
        }
        boolean tanh = google || json.path("hidden_act").asText("gelu").startsWith("gelu_");
        return new ModelConfig(
                settings.name().orElse("ViT-D" + d + "/" + patch),
                imageSize,
                new Patches(patch),
                d,
                layers(),
                heads,
                Math.toIntExact(
                        layers() == 0 ? d : require("blocks.0.mlp.fc1.weight").dim(0)),
                classes,
                tensors.containsKey("cls_token") ? Pooling.CLASS_TOKEN : Pooling.MEAN,
                tanh ? Gelu.TANH : Gelu.ERF,
                huggingFace ? json.path("layer_norm_eps").asDouble(1e-12) : 1e-6,
                0,
                0,
                Normalisation.HALF,
                registers);
    }

    private int heads(int d) {
        int shown = dialect == Dialect.GOOGLE
                ? Math.toIntExact(GoogleLayout.heads(checkpoint.tensors()))
                : checkpoint.settings().path("num_attention_heads").asInt(0);
        if (shown > 0) {
            return shown;
        }
        int usual = d == 1280 ? 16 : Math.max(1, d / 64); // H has heads of 80, all others of 64
        notes.add("the checkpoint does not say how many heads it has: " + usual + " are taken for granted (--heads)");
        return usual;
    }

    private void requireLayout(ModelConfig config) {
        TreeSet<String> missing = new TreeSet<>();
        List<String> misshapen = new ArrayList<>();
        TreeSet<String> unexpected = new TreeSet<>(tensors.keySet());
        for (ParameterLayout.Entry entry : ParameterLayout.of(config).entries()) {
            HostTensor tensor = tensors.get(entry.name());
            unexpected.remove(entry.name());
            if (tensor == null) {
                missing.add(entry.name());
            } else if (tensor.values().length == entry.count()
                    && squeezed(tensor.shape()).equals(squeezed(entry.shape()))) {
                tensors.put(entry.name(), new HostTensor(entry.shape(), tensor.values()));
            } else {
                misshapen.add(entry.name() + " is " + Arrays.toString(tensor.shape()) + ", not "
                        + Arrays.toString(entry.shape()));
            }
        }
        if (!missing.isEmpty() || !misshapen.isEmpty() || !unexpected.isEmpty()) {
            throw new CheckpointException("the checkpoint (" + dialect
                    + ", by timm's names) is not a whole Vision Transformer of "
                    + config.layers() + " layers and a hidden size of " + config.hiddenSize() + ". Missing: " + missing
                    + ". Of another shape: " + misshapen + ". Unexpected: " + unexpected);
        }
    }

    private static List<Long> squeezed(long[] shape) {
        return Arrays.stream(shape).filter(dim -> dim != 1).boxed().toList();
    }

    private List<String> labels(int classes) {
        if (!settings.labels().isEmpty()) {
            if (settings.labels().size() != classes) {
                throw new CheckpointException(
                        settings.labels().size() + " labels were given; the checkpoint has " + classes + " classes");
            }
            return settings.labels();
        }
        JsonNode byId = checkpoint.settings().path("id2label");
        if (classes > 1 && IntStream.range(0, classes).allMatch(i -> byId.has(Integer.toString(i)))) {
            return IntStream.range(0, classes)
                    .mapToObj(i -> byId.get(Integer.toString(i)).asText())
                    .toList();
        }
        notes.add("the checkpoint has no names for its classes: they are called \"class 0\" and so on (--labels)");
        return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    }
}
