package io.patchstream.vision.model;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an ONNX file of ours promises, carried in its {@code metadata_props}.
 *
 * <p>The graph: input {@value #INPUT}, uint8 NHWC {@code [B, height, width, 3]}, RGB, not normalised; outputs
 * {@value #LOGITS} float {@code [B, K]}, {@value #PROBABILITIES} float {@code [B, K]} (softmax of logits over the
 * temperature) and {@value #EMBEDDING} float {@code [B, D]} (the class token, or the pooled tokens, after the last layer
 * norm; not scaled). A model may have {@value #DISTANCE} as well, float {@code [B]}: the squared Mahalanobis distance of the
 * embedding to the nearest class.
 *
 * @param name the model's name, as answers give it
 * @param labels one text per class, in the order of the logits
 * @param preprocessing how pictures become its input
 * @param embeddingSize D
 * @param temperature what the logits are divided by before the softmax; above 0
 * @param precision how its arithmetic is done
 * @param flavour which operators it is written with
 * @param lineage where it comes from
 * @param conformal what it promises of conformal sets, where that was measured
 * @param distances how far known pictures are; present where the graph has the output {@value #DISTANCE}
 */
public record ModelContract(
        String name,
        List<String> labels,
        Preprocessing preprocessing,
        int embeddingSize,
        double temperature,
        Precision precision,
        Flavour flavour,
        ModelLineage lineage,
        Optional<ConformalPromise> conformal,
        Optional<KnownDistances> distances) {

    public static final String INPUT = "pixels";
    public static final String LOGITS = "logits";
    public static final String PROBABILITIES = "probabilities";
    public static final String EMBEDDING = "embedding";
    public static final String DISTANCE = "distance";

    /** The contract's version: a processor refuses a model of a version that it does not know. */
    public static final String VERSION = "1";

    private static final String PREFIX = "patchstream.";

    /** How a model's arithmetic is done. Dynamic int8 is missing on purpose: it lets a frame's neighbours move its label. */
    public enum Precision {
        FP32,
        FP16,
        INT8_STATIC
    }

    /** Which operators a model is written with. */
    public enum Flavour {
        /** {@code com.microsoft} attention and skip-layer-norm: fastest on ONNX Runtime. */
        FUSED,
        /** Standard ONNX operators only: runs anywhere. */
        PORTABLE
    }

    public ModelContract {
        requireNonNull(name, "name");
        requireNonNull(preprocessing, "preprocessing");
        requireNonNull(precision, "precision");
        requireNonNull(flavour, "flavour");
        requireNonNull(lineage, "lineage");
        requireNonNull(conformal, "conformal");
        requireNonNull(distances, "distances");
        labels = List.copyOf(labels);
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("a model needs at least one label");
        }
        if (embeddingSize < 1) {
            throw new IllegalArgumentException("embeddingSize is " + embeddingSize + "; it must be at least 1");
        }
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature is " + temperature + "; it must be above 0 and finite");
        }
    }

    /** A model of which nobody has measured how far its answers can be believed. */
    public ModelContract(
            String name,
            List<String> labels,
            Preprocessing preprocessing,
            int embeddingSize,
            double temperature,
            Precision precision,
            Flavour flavour,
            ModelLineage lineage) {
        this(
                name,
                labels,
                preprocessing,
                embeddingSize,
                temperature,
                precision,
                flavour,
                lineage,
                Optional.empty(),
                Optional.empty());
    }

    /** The same model with what was measured of it. */
    public ModelContract with(Optional<ConformalPromise> sets, Optional<KnownDistances> known) {
        return new ModelContract(
                name, labels, preprocessing, embeddingSize, temperature, precision, flavour, lineage, sets, known);
    }

    /** The contract as ONNX {@code metadata_props}. */
    public Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(PREFIX + "contract", VERSION);
        metadata.put(PREFIX + "name", name);
        metadata.put(PREFIX + "labels", Canonical.json(labels));
        metadata.put(PREFIX + "preprocessing", Canonical.json(preprocessing));
        metadata.put(PREFIX + "embedding_size", Integer.toString(embeddingSize));
        metadata.put(PREFIX + "temperature", Double.toString(temperature));
        metadata.put(PREFIX + "precision", precision.name());
        metadata.put(PREFIX + "flavour", flavour.name());
        metadata.put(PREFIX + "lineage", Canonical.json(lineage));
        conformal.ifPresent(promise -> metadata.put(PREFIX + "conformal", Canonical.json(promise)));
        distances.ifPresent(known -> metadata.put(PREFIX + "distances", Canonical.json(known)));
        return metadata;
    }

    /**
     * Reads the contract back.
     *
     * @throws ContractException when a part is missing or makes no sense; the message names it
     */
    public static ModelContract fromMetadata(Map<String, String> metadata) {
        String version = metadata.get(PREFIX + "contract");
        if (version == null) {
            throw new ContractException("the model carries no Patchstream contract (metadata " + PREFIX
                    + "contract is missing): make it with ./patchstream export, or bring it in with import");
        }
        if (!version.equals(VERSION)) {
            throw new ContractException("the model's contract is version " + version + "; this Patchstream knows "
                    + VERSION + ": export it again, or upgrade");
        }
        try {
            return new ModelContract(
                    get(metadata, "name"),
                    List.of(Canonical.parse("labels", get(metadata, "labels"), String[].class)),
                    Canonical.parse("preprocessing", get(metadata, "preprocessing"), Preprocessing.class),
                    Integer.parseInt(get(metadata, "embedding_size")),
                    Double.parseDouble(get(metadata, "temperature")),
                    Precision.valueOf(get(metadata, "precision")),
                    Flavour.valueOf(get(metadata, "flavour")),
                    Canonical.parse("lineage", get(metadata, "lineage"), ModelLineage.class),
                    optional(metadata, "conformal", ConformalPromise.class),
                    optional(metadata, "distances", KnownDistances.class));
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new ContractException("the model's contract makes no sense: " + e.getMessage(), e);
        }
    }

    private static <T> Optional<T> optional(Map<String, String> metadata, String key, Class<T> type) {
        return Optional.ofNullable(metadata.get(PREFIX + key)).map(json -> Canonical.parse(key, json, type));
    }

    private static String get(Map<String, String> metadata, String key) {
        String value = metadata.get(PREFIX + key);
        if (value == null) {
            throw new ContractException("the model's contract lacks " + PREFIX + key);
        }
        return value;
    }
}
