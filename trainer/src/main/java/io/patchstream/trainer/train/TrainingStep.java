package io.patchstream.trainer.train;

import com.google.errorprone.annotations.MustBeClosed;
import io.patchstream.trainer.data.Batch;
import io.patchstream.trainer.distributed.Collective;
import io.patchstream.trainer.model.VisionTransformer;
import io.patchstream.trainer.model.Weights;
import io.patchstream.trainer.objective.Objective;
import io.patchstream.trainer.optimise.AdamW;
import io.patchstream.trainer.optimise.GradientClip;
import io.patchstream.trainer.optimise.Muon;
import io.patchstream.trainer.optimise.Optimiser;
import io.patchstream.trainer.optimise.PolyakAverage;
import io.patchstream.trainer.optimise.Rates;
import io.patchstream.trainer.optimise.Sgd;
import io.patchstream.trainer.optimise.Sharpness;
import io.patchstream.trainer.recipe.Recipe;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One step of a training after another: gradient, clipping, optimiser, running average.
 *
 * <p>Owns the optimiser's moments and the average; the model and what it learns are borrowed. Used by one thread.
 */
public final class TrainingStep implements AutoCloseable {
    /** Between the seeds of two ranks: more than a training has steps. */
    private static final long RANK_SEED = 1L << 40;

    private final Recipe recipe;
    private final Collective collective;
    private final Weights weights;
    private final Rates rates;
    private final Optimiser optimiser;
    private final PolyakAverage polyak;
    private final GradientClip clip;
    private final Gradient gradient;

    /**
     * What a step found.
     *
     * @param means of loss and of pictures named rightly, over the whole batch
     * @param gradientNorm before clipping
     */
    record Result(Gradient.Means means, double gradientNorm) {}

    /**
     * The steps that a recipe asks for. What does not learn by it is off the gradient tape from now on.
     *
     * @param objective of this model
     * @param batchSize B, over all processes
     */
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // close() closes the rates.
    public TrainingStep(
            Recipe recipe, VisionTransformer model, Objective objective, Collective collective, int batchSize) {
        this.recipe = recipe;
        this.collective = collective;
        this.weights = model.weights();
        LayerDepth depth = LayerDepth.of(model.config());
        this.rates = Rates.of(weights, name -> depth.rate(name, recipe.layerDecay(), recipe.trainLast()));
        this.optimiser = switch (recipe.optimiser()) {
            case ADAMW -> new AdamW(weights, recipe.beta1(), recipe.beta2(), recipe.weightDecay(), rates);
            case MUON -> new Muon(weights, recipe.beta1(), recipe.beta2(), recipe.weightDecay(), rates);
            case SGD -> new Sgd(weights, recipe.beta1(), recipe.weightDecay(), rates);
        };
        this.polyak = new PolyakAverage(weights, recipe.polyak());
        this.clip = new GradientClip(recipe.clipNorm());
        weights.learn(name -> depth.learns(name, recipe.trainLast()));
        this.gradient = new Gradient(weights, objective, collective, batchSize, recipe.microBatch());
    }

    /**
     * Takes the step.
     *
     * @param batch this process's part
     * @param step counted from 0
     * @return the mean loss over the whole batch, before the step
     * @throws TrainingStoppedException when the loss is not finite
     */
    public double lossOf(Batch batch, long step, double learningRate) {
        return take(batch, step, learningRate).means().loss();
    }

    /** As {@link #lossOf}, with all that was found. */
    Result take(Batch batch, long step, double learningRate) {
        try (PointerScope scope = new PointerScope()) {
            // Dropout draws from libtorch's generator: seeded by the step, a resumed run draws the same.
            long seed = recipe.seed() * 1_000_003
                    + step
                    + RANK_SEED * collective.rank().rank();
            torch.manual_seed(seed);
            Gradient.Means means = finite(gradient.of(batch), step);
            if (recipe.sam() > 0) {
                try (Sharpness worst = Sharpness.ascend(weights, rho(learningRate), recipe.gsam())) {
                    torch.manual_seed(seed);
                    finite(gradient.of(batch), step);
                    worst.narrowGap();
                }
            }
            double gradientNorm = clip.apply(weights);
            optimiser.step(step, learningRate);
            polyak.update(step);
            return new Result(means, gradientNorm);
        }
    }

    private double rho(double learningRate) {
        return recipe.samLeast() < 0
                ? recipe.sam()
                : Sharpness.rho(recipe.samLeast(), recipe.sam(), learningRate, recipe.learningRate());
    }

    private static Gradient.Means finite(Gradient.Means means, long step) {
        if (!Double.isFinite(means.loss())) {
            throw new TrainingStoppedException("the loss at step " + step + " is " + means.loss()
                    + ": lower learning-rate, raise warm-up-epochs, or set precision=fp32");
        }
        return means;
    }

    /** What must be saved to go on later; the tensors stay with this object and the model. */
    TrainingState state(Path folder, String fingerprint) {
        return new TrainingState(folder, fingerprint, weights, optimiser, polyak);
    }

    /** The running average of the weights; owned by this object. */
    Tensor average() {
        return polyak.average();
    }

    @Override
    public void close() {
        polyak.close();
        optimiser.close();
        rates.close();
    }
}
