package io.patchstream.trainer.optimise;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Adam's running means of a gradient and of its square (Kingma and Ba 2015), and the direction that they give. Owns both. */
final class AdamMoments implements AutoCloseable {
    private static final double EPSILON = 1e-8;

    private final double beta1;
    private final double beta2;
    private final Tensor first;
    private final Tensor second;
    private boolean closed;

    /** @param count elements of the gradient */
    AdamMoments(long count, double beta1, double beta2) {
        this.beta1 = beta1;
        this.beta2 = beta2;
        try (PointerScope scope = new PointerScope()) {
            this.first = torch.zeros(count).retainReference();
            this.second = torch.zeros(count).retainReference();
        }
    }

    /**
     * Takes in the gradient of a step.
     *
     * @param step counted from 0
     * @return where Adam would go against, corrected for the means' beginning at 0; the caller's scope owns it
     */
    Tensor direction(Tensor gradient, long step) {
        first.lerp_(gradient, new Scalar(1 - beta1));
        second.mul_(new Scalar(beta2)).addcmul_(gradient, gradient, new Scalar(1 - beta2));
        double firstCorrection = 1 - Math.pow(beta1, step + 1);
        double secondCorrection = 1 - Math.pow(beta2, step + 1);
        Tensor deviation =
                second.sqrt().div_(new Scalar(Math.sqrt(secondCorrection))).add_(new Scalar(EPSILON));
        return first.div(deviation).div_(new Scalar(firstCorrection));
    }

    /** The momentum that the next step would see, were its gradient this one again (Nesterov's). */
    Tensor ahead(Tensor gradient) {
        return gradient.lerp(first, new Scalar(beta1));
    }

    /** For a state that is saved. */
    Map<String, Tensor> byName() {
        return Map.of("first_moment", first, "second_moment", second);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            second.releaseReference();
            first.releaseReference();
        }
    }
}
