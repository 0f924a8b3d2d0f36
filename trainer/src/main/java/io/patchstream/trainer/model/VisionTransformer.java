package io.patchstream.trainer.model;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.Map;
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

    private final ModelConfig config;
    private final Weights weights;
    private final TokenSource tokenizer;
    private final EncoderBlock[] blocks;
    private final LayerNorm norm;
    private final Dense head;

    /** A model with these parameters, by timm's names; they are copied. */
    public VisionTransformer(ModelConfig config, Map<String, HostTensor> parameters) {
        this.config = config;
        this.weights = new Weights(config, parameters);
        this.tokenizer = config.tokenizer() instanceof ModelConfig.Patches patches
                ? new PatchEmbedding(weights, patches)
                : new ConvolutionalTokenizer(weights, (ModelConfig.Convolutions) config.tokenizer());
        this.blocks = new EncoderBlock[config.layers()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new EncoderBlock(weights, i, config);
        }
        this.norm = new LayerNorm(weights, "norm", config);
        this.head = new Dense(weights, "head");
    }

    /**
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param training whether dropout is on
     * @return logits {@code [B, K]}
     */
    public Tensor logits(Tensor pixels, boolean training) {
        return head(embedding(pixels, training));
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
        Tensor tokens = tokenizer.tokens(normalised(pixels)); // [B, N, D]
        if (config.hasClassToken()) {
            Tensor classToken = weights.get("cls_token").expand(tokens.size(0), -1, -1);
            // Under bfloat16 the tokens are bfloat16 and the class token is not; concatenation asks for one type.
            tokens = torch.cat(new TensorVector(classToken.to(tokens.scalar_type()), tokens), 1); // [B, N+1, D]
        }
        tokens = Dropout.apply(tokens.add(weights.get("pos_embed")), config.dropout(), training);
        for (EncoderBlock block : blocks) {
            tokens = block.apply(tokens, training, observer);
        }
        Tensor last = norm.apply(tokens); // [B, T, D]
        observer.tokens(last);
        return pooled(last, observer);
    }

    /**
     * The head alone.
     *
     * @param embedding {@code [B, D]}
     * @return logits {@code [B, K]}
     */
    public Tensor head(Tensor embedding) {
        return head.apply(embedding);
    }

    private Tensor normalised(Tensor pixels) {
        double scale = 1 / (WHITE * config.normalisation().std());
        double shift = -config.normalisation().mean() / config.normalisation().std();
        return pixels.permute(0, 3, 1, 2) // a view: NCHW with NHWC's strides, which convolutions like best
                .to(torch.ScalarType.Float)
                .mul_(new Scalar(scale))
                .add_(new Scalar(shift));
    }

    private Tensor pooled(Tensor tokens, ForwardObserver observer) {
        return switch (config.pooling()) {
            case CLASS_TOKEN -> tokens.select(1, 0);
            case MEAN -> tokens.mean(new long[] {1}, false, new org.bytedeco.pytorch.ScalarTypeOptional());
            case SEQUENCE -> new SequencePooling(weights).apply(tokens, observer);
        };
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
