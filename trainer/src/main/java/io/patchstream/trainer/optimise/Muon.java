package io.patchstream.trainer.optimise;

import io.patchstream.trainer.model.Weights;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"): a hidden layer's weights move by their
 * momentum with all its singular values brought near 1, so that directions which are rare in the gradient are learnt as fast as
 * the common ones. What is no hidden matrix (head, biases, norms, positions) moves as by AdamW.
 *
 * <p>The length of a matrix's move is AdamW's (Liu et al. 2025, "Muon is scalable for LLM training", equation 4), so learning
 * rate and weight decay mean the same for all parameters.
 */
public final class Muon extends AdamW {
    /** Root mean square of AdamW's moves, as Liu et al. found it. */
    private static final double ADAM_LENGTH = 0.2;

    private static final int ITERATIONS = 5;
    /** Of x, x^3 and x^5: Jordan's polynomial, steep at 0; five times over, it takes 0.01 to 1 into 0.7 to 1.2. */
    private static final double[] POLYNOMIAL = {3.4445, -4.7750, 2.0315};

    private final List<String> matrices;

    /**
     * @param beta1 of the momentum of all parameters
     * @param beta2 of those that are no hidden matrix
     * @param rates how much of the learning rate each parameter takes; the caller closes them after this
     */
    public Muon(Weights weights, double beta1, double beta2, double weightDecay, Rates rates) {
        super(weights, beta1, beta2, weightDecay, rates);
        this.matrices = weights.hiddenMatrices();
    }

    @Override
    Tensor direction(Weights weights, AdamMoments moments, long step) {
        Tensor direction = super.direction(weights, moments, step);
        Tensor ahead = moments.ahead(weights.gradient());
        for (String name : matrices) {
            // What one matrix takes on its way is freed before the next.
            try (PointerScope one = new PointerScope()) {
                weights.matrix(direction, name).copy_(move(weights.matrix(ahead, name)));
            }
        }
        return direction;
    }

    /** Of a layer's momentum {@code [out, in]}: as long as AdamW's, in all directions alike. */
    private static Tensor move(Tensor momentum) {
        double length = ADAM_LENGTH * Math.sqrt(Math.max(momentum.size(0), momentum.size(1)));
        return orthogonal(momentum).mul_(new Scalar(length));
    }

    /** The matrix with its singular values near 1, by Newton and Schulz's iteration; {@code [m, n]} both. */
    static Tensor orthogonal(Tensor matrix) {
        boolean tall = matrix.size(0) > matrix.size(1);
        Tensor x = tall ? matrix.t() : matrix;
        // No singular value is larger than Frobenius' norm, so all begin at 1 or less.
        x = x.div(x.norm().add(new Scalar(1e-7)));
        for (int i = 0; i < ITERATIONS; i++) {
            Tensor square = x.matmul(x.t());
            Tensor factors = torch.addmm(square, square, square, new Scalar(POLYNOMIAL[1]), new Scalar(POLYNOMIAL[2]));
            x = torch.addmm(x, factors, x, new Scalar(POLYNOMIAL[0]), new Scalar(1));
        }
        return tall ? x.t() : x;
    }
}
