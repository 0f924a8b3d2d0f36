package io.patchstream.trainer.export;

import io.patchstream.trainer.model.ModelConfig;
import java.util.Optional;
import java.util.SortedMap;

/** The operators that a flavour writes an encoder block with. Values are {@code [B, T, D]} unless said otherwise. */
sealed interface EncoderOperators permits FusedOperators, PortableOperators {
    /** A residual sum and its layer norm. */
    record Residual(String sum, String normed) {}

    /** The operator sets that the nodes are of. */
    SortedMap<String, Long> opsets();

    /** The file format version that goes with the operator sets. */
    int irVersion();

    /** {@code sum = tokens + position}, a constant {@code [1, T, D]}; {@code normed = layerNorm(sum)}. */
    Residual addPositionAndNorm(String name, String tokens, String position, LayerNorm norm);

    /** {@code sum = projection + bias + residual}; {@code normed = layerNorm(sum)}. */
    Residual addAndNorm(String name, String projection, String bias, String residual, LayerNorm norm);

    /** {@code layerNorm(x)}, without a sum. */
    String layerNorm(String name, String x, LayerNorm norm);

    /**
     * Multi-head attention of queries over keys and values; queries may be fewer. A bias, {@code [1, h, Tq, T]}, is added to the
     * scores.
     */
    String attention(String name, String queries, String keys, String values, int heads, Optional<String> bias);

    /** {@code gelu(x + bias)}, with {@code x} of any last dimension. */
    String biasGelu(String name, String x, String bias, ModelConfig.Gelu form);

    /** A layer norm's constants, in the graph. */
    record LayerNorm(String weight, String bias, float epsilon) {}
}
