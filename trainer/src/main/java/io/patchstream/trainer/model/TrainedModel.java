package io.patchstream.trainer.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.tensor.Safetensors;
import io.patchstream.vision.model.ConformalPromise;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.ModelLineage;
import io.patchstream.vision.model.Preprocessing;
import io.patchstream.vision.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What training leaves behind, in Java memory: enough to evaluate, to train on and to export. On disk it is a folder with
 * {@code model.safetensors} (the parameters), {@code gaussians.safetensors} (the classes', once they are measured) and {@code
 * model.json} (the rest).
 *
 * @param config the architecture
 * @param parameters by timm's names, float32; what {@code VisionTransformer.parameters()} gives
 * @param labels the classes, in the order of the logits; K of them
 * @param preprocessing how a picture becomes the model's input
 * @param lineage where the parameters come from
 * @param temperature what logits are divided by before the softmax, as {@code evaluate --calibrate} fitted it; 1 before
 * @param conformal what conformal sets promise at that temperature, where {@code evaluate --calibrate} measured it
 * @param distance how far pictures are from the classes, where {@code evaluate --calibrate} measured it
 */
public record TrainedModel(
        ModelConfig config,
        Map<String, HostTensor> parameters,
        List<String> labels,
        Preprocessing preprocessing,
        ModelLineage lineage,
        double temperature,
        Optional<ConformalPromise> conformal,
        Optional<ClassDistance> distance) {

    private static final String PARAMETERS = "model.safetensors";
    private static final String GAUSSIANS = "gaussians.safetensors";
    private static final String DESCRIPTION = "model.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(ModelConfig.Tokenizer.class, TokenizerByKind.class)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    public TrainedModel {
        requireNonNull(config, "config");
        requireNonNull(preprocessing, "preprocessing");
        requireNonNull(lineage, "lineage");
        requireNonNull(conformal, "conformal");
        distance.ifPresent(classes -> {
            if (classes.size() != config.embeddingSize()) {
                throw new IllegalArgumentException("distances are of embeddings of " + classes.size()
                        + " values; the model gives " + config.embeddingSize());
            }
        });
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature is " + temperature + "; it must be above 0 and finite");
        }
        parameters = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(parameters));
        labels = List.copyOf(labels);
        if (labels.size() != config.classes()) {
            throw new IllegalArgumentException(labels.size() + " labels for " + config.classes() + " classes");
        }
        if (preprocessing.height() != config.imageSize() || preprocessing.width() != config.imageSize()) {
            throw new IllegalArgumentException("preprocessing gives " + preprocessing.height() + " x "
                    + preprocessing.width() + " pixels; the model takes " + config.imageSize());
        }
    }

    /** A model whose confidence nobody has measured: temperature 1. */
    public TrainedModel(
            ModelConfig config,
            Map<String, HostTensor> parameters,
            List<String> labels,
            Preprocessing preprocessing,
            ModelLineage lineage) {
        this(config, parameters, labels, preprocessing, lineage, 1, Optional.empty(), Optional.empty());
    }

    /** The same model with another temperature, and what was measured at it. */
    public TrainedModel calibrated(
            double other, Optional<ConformalPromise> sets, Optional<ClassDistance> distanceToClasses) {
        return new TrainedModel(config, parameters, labels, preprocessing, lineage, other, sets, distanceToClasses);
    }

    /** The same model with another lineage, such as one with metrics. */
    public TrainedModel withLineage(ModelLineage other) {
        return new TrainedModel(config, parameters, labels, preprocessing, other, temperature, conformal, distance);
    }

    /** Writes the files into {@code folder}, which is made when it is not there. Each file is replaced as a whole. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Safetensors.write(folder.resolve(PARAMETERS), parameters);
        if (distance.isPresent()) {
            Safetensors.write(folder.resolve(GAUSSIANS), distance.get().tensors());
        }
        Path unfinished = folder.resolve(DESCRIPTION + ".part");
        JSON.writeValue(
                unfinished.toFile(),
                new Description(
                        config,
                        labels,
                        preprocessing,
                        lineage,
                        temperature,
                        conformal.orElse(null),
                        distance.map(ClassDistance::known).orElse(null)));
        Files.move(
                unfinished,
                folder.resolve(DESCRIPTION),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        if (distance.isEmpty()) {
            Files.deleteIfExists(folder.resolve(GAUSSIANS));
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when a file is missing or is not what it should be; the message names it
     */
    public static TrainedModel read(Path folder) throws IOException {
        Path file = folder.resolve(DESCRIPTION);
        if (!Files.exists(file)) {
            throw new IOException(folder + " holds no trained model: " + DESCRIPTION + " is missing");
        }
        Description description;
        try {
            description = JSON.readValue(file.toFile(), Description.class);
        } catch (JacksonException e) {
            throw new IOException(file + " is not what it should be: " + e.getOriginalMessage(), e);
        }
        return new TrainedModel(
                description.config(),
                Safetensors.read(folder.resolve(PARAMETERS)),
                description.labels(),
                description.preprocessing(),
                description.lineage(),
                description.temperature() == null ? 1 : description.temperature(),
                Optional.ofNullable(description.conformal()),
                description.distances() == null
                        ? Optional.empty()
                        : Optional.of(gaussians(folder.resolve(GAUSSIANS), description.distances())));
    }

    private static ClassDistance gaussians(Path file, KnownDistances known) throws IOException {
        try {
            return ClassDistance.of(Safetensors.read(file), known);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not what it should be: " + e.getMessage(), e);
        }
    }

    /** SHA-256 of the parameters' file in {@code folder}: 64 lower-case hexadecimal digits. */
    public static String sha256(Path folder) throws IOException {
        return Sha256.of(folder.resolve(PARAMETERS));
    }

    /** What {@code model.json} holds. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Description(
            ModelConfig config,
            List<String> labels,
            Preprocessing preprocessing,
            ModelLineage lineage,
            Double temperature,
            ConformalPromise conformal,
            KnownDistances distances) {}

    /** A tokenizer in JSON says by {@code kind} which one it is. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = ModelConfig.Patches.class, name = "patches"),
        @JsonSubTypes.Type(value = ModelConfig.Convolutions.class, name = "convolutions"),
        @JsonSubTypes.Type(value = ModelConfig.ResNet.class, name = "resnet")
    })
    private interface TokenizerByKind {}
}
