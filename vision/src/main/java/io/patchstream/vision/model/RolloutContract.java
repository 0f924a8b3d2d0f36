package io.patchstream.vision.model;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an explain file promises besides its {@link ModelContract}: the output {@value #ROLLOUT}, float {@code [B, N]}, row by
 * row of a square grid. It is attention rollout (Abnar and Zuidema 2020): the share of the embedding that comes from each
 * patch, heads averaged, half of each token kept by the residual. What is missing to 1 came by class token and registers.
 *
 * @param explains SHA-256 of the model files whose weights it has, as answers name them; the first is the one it was made from
 * @param blocks encoder blocks that the shares are followed through
 * @param heads attention heads that are averaged in each
 * @param pooling how tokens become the embedding, in words
 */
public record RolloutContract(List<String> explains, int blocks, int heads, String pooling) {
    public static final String ROLLOUT = "rollout";

    private static final String ENDING = "-explain.onnx";
    private static final String EXPLAINS = "patchstream.explains";
    private static final String KIND = "patchstream.rollout";

    public RolloutContract {
        requireNonNull(pooling, "pooling");
        explains = List.copyOf(explains);
        if (explains.isEmpty() || blocks < 1 || heads < 1) {
            throw new IllegalArgumentException("an explain file of " + explains.size() + " models, " + blocks
                    + " blocks and " + heads + " heads; it must be at least one of each");
        }
    }

    private record Kind(int blocks, int heads, String pooling) {}

    /** What is added to the model's {@code metadata_props}. */
    public Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(EXPLAINS, Canonical.json(explains));
        metadata.put(KIND, Canonical.json(new Kind(blocks, heads, pooling)));
        return metadata;
    }

    /** Whether a file is called as explain files are, {@code NAME-explain.onnx}. */
    public static boolean isName(Path file) {
        return file.getFileName().toString().endsWith(ENDING);
    }

    /** Whether a file with these {@code metadata_props} is an explain file. */
    public static boolean isIn(Map<String, String> metadata) {
        return metadata.containsKey(EXPLAINS);
    }

    /**
     * Reads it back.
     *
     * @throws ContractException when the file is no explain file, or what it says makes no sense
     */
    public static RolloutContract fromMetadata(Map<String, String> metadata) {
        if (!isIn(metadata) || !metadata.containsKey(KIND)) {
            throw new ContractException("it is no explain file (metadata " + EXPLAINS + " or " + KIND
                    + " is missing): make one with ./patchstream export --attention-of");
        }
        try {
            Kind kind = Canonical.parse("rollout", metadata.get(KIND), Kind.class);
            return new RolloutContract(
                    List.of(Canonical.parse("explains", metadata.get(EXPLAINS), String[].class)),
                    kind.blocks(),
                    kind.heads(),
                    kind.pooling());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new ContractException("the explain file's promise makes no sense: " + e.getMessage(), e);
        }
    }
}
