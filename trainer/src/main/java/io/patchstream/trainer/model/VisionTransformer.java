package io.patchstream.trainer.model;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The Vision Transformer (Dosovitskiy et al. 2021): image, tokens, class token and positions, L encoder blocks, layer norm,
 * pooled embedding, linear head. With {@link ModelConfig.Convolutions} and {@link ModelConfig.Pooling#SEQUENCE} it is the
 * compact convolutional transformer (Hassani et al. 2021).
 *
 * <p>Owns its {@link Weights}. Used by one thread at a time; every call needs an open
 * {@link org.bytedeco.javacpp.PointerScope}, which owns what the call returns.
 */
public final class VisionTransformer implements AutoCloseable {
    private static final double WHITE = 255;

    /**
     * What one pass gives.
     *
     * @param embedding {@code [B, D]}
     * @param logits {@code [B, K]}
     */
    public record Seen(Tensor embedding, Tensor logits) {}

    private final ModelConfig config;
    private final Weights weights;
    private final TokenSource tokenizer;
    private final Positions positions;
    private final EncoderBlock[] blocks;
    private final Answer answer;

    /** A model with these parameters, by timm's names; they are copied. */
    public VisionTransformer(ModelConfig config, Map<String, HostTensor> parameters) {
        this(config, Optional.empty(), parameters);
    }

    /** With what a training needs besides the model. */
    public VisionTransformer(
            ModelConfig config, Optional<PatchPrediction> prediction, Map<String, HostTensor> parameters) {
        this.config = config;
        this.weights = new Weights(ParameterLayout.of(config, prediction), parameters);
        this.tokenizer = tokenizer(weights, config.tokenizer());
        this.blocks = new EncoderBlock[config.layers()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new EncoderBlock(weights, i, config);
        }
        this.positions = new Positions(config, weights);
        this.answer = new Answer(weights, config);
    }

    private static TokenSource tokenizer(Weights weights, ModelConfig.Tokenizer tokenizer) {
        if (tokenizer instanceof ModelConfig.Patches patches) {
            return new PatchEmbedding(weights, patches);
        }
        return tokenizer instanceof ModelConfig.ResNet net
                ? new ResidualNetwork(weights, net)
                : new ConvolutionalTokenizer(weights, (ModelConfig.Convolutions) tokenizer);
    }

    /**
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param training whether dropout is on
     * @return logits {@code [B, K]}
     */
    public Tensor logits(Tensor pixels, boolean training) {
        return answer.logits(encodedPixels(pixels, training, ForwardObserver.NONE), training);
    }

    /**
     * The embedding that the head reads: the pooled tokens after the last layer norm.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param training whether dropout is on
     * @return {@code [B, D]}
     */
    public Tensor embedding(Tensor pixels, boolean training) {
        return embedding(pixels, training, ForwardObserver.NONE);
    }

    /**
     * The same embedding, with somebody watching how it comes about.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param training whether dropout is on
     * @return {@code [B, D]}
     */
    public Tensor embedding(Tensor pixels, boolean training, ForwardObserver observer) {
        return answer.embedding(encodedPixels(pixels, training, observer), training, observer);
    }

    /** Embedding and logits of one pass, with somebody watching. */
    public Seen seen(Tensor pixels, ForwardObserver observer) {
        return answer.seen(encodedPixels(pixels, false, observer), false, observer);
    }

    /**
     * What the model says of patches while some do not show what they are, in training.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param source for each patch {@code [B * N]} whose embedding it gets; B * N for the mask token
     * @param asked the patches to predict, {@code [A]}, of B * N
     * @return {@code [A, classes]}
     */
    public Tensor predicted(Tensor pixels, long[] source, long[] asked) {
        Tensor tokens = tokenizer.tokens(normalised(pixels)); // [B, N, D]
        long[] shape = {tokens.size(0), tokens.size(1), tokens.size(2)};
        Tensor mask = weights.get(PatchPrediction.MASK).to(tokens.scalar_type()); // [1, D]
        Tensor table = torch.cat(new TensorVector(tokens.reshape(-1, shape[2]), mask), 0); // [B * N + 1, D]
        Tensor corrupted = table.index_select(0, Tensors.of(source)).reshape(shape);
        Tensor seen = answer.normed(encoded(corrupted, true, ForwardObserver.NONE), ForwardObserver.NONE);
        Tensor patches = seen.narrow(1, config.prefixTokens(), shape[1]).reshape(-1, shape[2]);
        return new Dense(weights, PatchPrediction.HEAD).apply(patches.index_select(0, Tensors.of(asked)));
    }

    /**
     * The tokens that come to a block, without dropout.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param block counted from 0; L for the tokens after the last
     * @return {@code [B, T, D]}
     */
    public Tensor entering(Tensor pixels, int block) {
        return through(0, block, begun(tokenizer.tokens(normalised(pixels)), false), false, ForwardObserver.NONE);
    }

    /**
     * The rest of the way.
     *
     * @param tokens that come to {@code block}, {@code [B, T, D]}
     * @return logits {@code [B, K]}
     */
    public Tensor logitsFrom(Tensor tokens, int block, boolean training) {
        return answer.logits(through(block, blocks.length, tokens, training, ForwardObserver.NONE), training);
    }

    /** The tokens after the last block, {@code [B, T, D]}. */
    private Tensor encodedPixels(Tensor pixels, boolean training, ForwardObserver observer) {
        return encoded(tokenizer.tokens(normalised(pixels)), training, observer);
    }

    /** From image tokens {@code [B, N, D]} to the tokens after the last block, {@code [B, T, D]}. */
    private Tensor encoded(Tensor image, boolean training, ForwardObserver observer) {
        return through(0, blocks.length, begun(image, training), training, observer);
    }

    /** From image tokens {@code [B, N, D]} to those that come to the first block, {@code [B, T, D]}. */
    private Tensor begun(Tensor image, boolean training) {
        Tensor tokens = positions.addToImage(image); // [B, N, D]
        if (config.hasClassToken()) {
            Tensor classToken = weights.get("cls_token").expand(tokens.size(0), -1, -1);
            // Under bfloat16 the tokens are bfloat16 and the class token is not; concatenation asks for one type.
            tokens = torch.cat(new TensorVector(classToken.to(tokens.scalar_type()), tokens), 1); // [B, N+1, D]
        }
        tokens = Dropout.apply(positions.addToAll(tokens), config.dropout(), training);
        if (config.options().preNorm()) {
            tokens = new LayerNorm(weights, "norm_pre", config).apply(tokens);
        }
        return tokens;
    }

    private Tensor through(int from, int to, Tensor begun, boolean training, ForwardObserver observer) {
        Tensor tokens = begun;
        for (int block = from; block < to; block++) {
            tokens = blocks[block].apply(positions.addBefore(block, tokens), training, observer);
        }
        return tokens;
    }

    private Tensor normalised(Tensor pixels) {
        double scale = 1 / (WHITE * config.normalisation().std());
        double shift = -config.normalisation().mean() / config.normalisation().std();
        return pixels.permute(0, 3, 1, 2) // a view: NCHW with NHWC's strides, which convolutions like best
                .to(torch.ScalarType.Float)
                .mul_(new Scalar(scale))
                .add_(new Scalar(shift));
    }

    public ModelConfig config() {
        return config;
    }

    /** The parameters where they are; owned by this model. */
    public Weights weights() {
        return weights;
    }

    /** A copy of the parameters in Java memory, float32, by timm's names. */
    public Map<String, HostTensor> parameters() {
        return weights.toHost();
    }

    /** Overwrites the parameters; names and shapes must be the model's. */
    public void load(Map<String, HostTensor> parameters) {
        weights.load(parameters);
    }

    @Override
    public void close() {
        weights.close();
    }
}
