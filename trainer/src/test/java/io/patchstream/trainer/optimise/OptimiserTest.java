package io.patchstream.trainer.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.patchstream.trainer.model.Initialisation;
import io.patchstream.trainer.model.ModelConfig;
import io.patchstream.trainer.model.ModelVariants;
import io.patchstream.trainer.model.ParameterLayout;
import io.patchstream.trainer.model.Weights;
import io.patchstream.trainer.tensor.HostTensor;
import io.patchstream.trainer.torch.LibTorch;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our optimisers beside libtorch's own, and what decays. */
class OptimiserTest {
    private static final ModelConfig CONFIG = ModelVariants.named("CCT-2/3x1", 8, 3);
    private static final int STEPS = 20;

    private final Weights weights = new Weights(CONFIG, Initialisation.of(CONFIG, 1));
    private final Rates rates = Rates.equal();

    @BeforeAll
    static void setUp() {
        LibTorch.setUp(1);
    }

    @AfterEach
    void close() {
        rates.close();
        weights.close();
    }

    @Test
    void shouldStepAsLibTorchsAdamW() {
        try (PointerScope scope = new PointerScope();
                AdamW ours = new AdamW(weights, 0.9, 0.999, 0, rates)) {
            Tensor theirs = weights.flat().clone().set_requires_grad(true);
            AdamWOptions options = new AdamWOptions(0.01);
            options.weight_decay().put(0);
            org.bytedeco.pytorch.AdamW reference = new org.bytedeco.pytorch.AdamW(new TensorVector(theirs), options);

            for (int step = 0; step < STEPS; step++) {
                fillGradient(step);
                theirs.mutable_grad().put(weights.gradient().clone());
                ours.step(step, 0.01);
                reference.step();
            }

            assertThat(distance(theirs)).isLessThan(2e-6);
        }
    }

    @Test
    void shouldStepAsLibTorchsSgd() {
        try (PointerScope scope = new PointerScope();
                Sgd ours = new Sgd(weights, 0.9, 0, rates)) {
            Tensor theirs = weights.flat().clone().set_requires_grad(true);
            SGDOptions options = new SGDOptions(0.01);
            options.momentum().put(0.9);
            org.bytedeco.pytorch.SGD reference = new org.bytedeco.pytorch.SGD(new TensorVector(theirs), options);

            for (int step = 0; step < STEPS; step++) {
                fillGradient(step);
                theirs.mutable_grad().put(weights.gradient().clone());
                ours.step(step, 0.01);
                reference.step();
            }

            assertThat(distance(theirs)).isLessThan(2e-6);
        }
    }

    @Test
    void shouldDecayKernelsOnlyAndByRateTimesDecay() {
        Map<String, HostTensor> before = weights.toHost();
        try (PointerScope scope = new PointerScope();
                AdamW adam = new AdamW(weights, 0.9, 0.999, 0.5, rates)) {
            weights.gradient().zero_();

            adam.step(0, 0.1);
        }

        Map<String, HostTensor> after = weights.toHost();
        for (ParameterLayout.Entry entry : ParameterLayout.of(CONFIG).entries()) {
            float factor = entry.role().decays() ? 1 - 0.1f * 0.5f : 1;
            for (int i = 0; i < entry.count(); i++) {
                assertThat(after.get(entry.name()).values()[i])
                        .as(entry.name())
                        .isCloseTo(before.get(entry.name()).values()[i] * factor, within(1e-6f));
            }
        }
    }

    @Test
    void shouldTakeLessOfTheRateWhereItIsToldAndLeaveWhatIsFrozen() {
        Map<String, HostTensor> before = weights.toHost();
        try (PointerScope scope = new PointerScope();
                Rates halves = Rates.of(
                        weights, name -> name.startsWith("head.") ? 1 : name.startsWith("blocks.1.") ? 0.5 : 0);
                Sgd sgd = new Sgd(weights, 0, 0.1, halves)) {
            weights.gradient().fill_(new org.bytedeco.pytorch.Scalar(1));

            sgd.step(0, 0.2);
        }

        Map<String, HostTensor> after = weights.toHost();
        for (ParameterLayout.Entry entry : ParameterLayout.of(CONFIG).entries()) {
            String name = entry.name();
            float rate = name.startsWith("head.") ? 0.2f : name.startsWith("blocks.1.") ? 0.1f : 0;
            for (int i = 0; i < entry.count(); i++) {
                float start = before.get(name).values()[i];
                float gradient = 1 + (entry.role().decays() ? 0.1f * start : 0);
                assertThat(after.get(name).values()[i]).as(name).isCloseTo(start - rate * gradient, within(1e-6f));
            }
        }
    }

    @Test
    void shouldStandAtTheWorstPointNearbyAndComeBackToTheSameBits() {
        Map<String, HostTensor> before = weights.toHost();
        try (PointerScope scope = new PointerScope()) {
            fillGradient(3);
            Tensor start = weights.flat().clone();
            Tensor direction = weights.gradient().div(weights.gradient().norm());

            try (Sharpness worst = Sharpness.ascend(weights, 0.05, 0)) {
                Tensor moved = weights.flat().sub(start);
                assertThat(moved.norm().item_double()).isCloseTo(0.05, within(1e-5));
                assertThat(moved.dot(direction).item_double()).isCloseTo(0.05, within(1e-5));
            }
        }

        weights.toHost()
                .forEach((name, tensor) -> assertThat(tensor.values())
                        .containsExactly(before.get(name).values()));
    }

    /** By Zhuang et al. 2022, algorithm 1: the worst point's gradient less alpha times what of the first is perpendicular to it. */
    @Test
    void shouldTakeThePerpendicularPartOfTheFirstGradientFromTheWorst() {
        try (PointerScope scope = new PointerScope()) {
            fillGradient(1);
            Tensor first = weights.gradient().to(torch.ScalarType.Double).clone();
            try (Sharpness gap = Sharpness.ascend(weights, 0.05, 0.4)) {
                fillGradient(2);
                Tensor worst = weights.gradient().to(torch.ScalarType.Double).clone();

                gap.narrowGap();

                Tensor change = weights.gradient().to(torch.ScalarType.Double).sub(worst);
                Tensor unit = worst.div(worst.norm());
                Tensor perpendicular = first.sub(unit.mul(first.dot(unit)));
                assertThat(change.dot(unit).item_double()).isCloseTo(0, within(1e-4));
                assertThat(change.norm().item_double()).isGreaterThan(1);
                assertThat(change.add(perpendicular.mul(new Scalar(0.4))).norm().item_double())
                        .isCloseTo(0, within(1e-4));
            }
        }
    }

    @Test
    void shouldLowerRhoWithTheLearningRate() {
        assertThat(Sharpness.rho(0.1, 0.6, 0.003, 0.003)).isCloseTo(0.6, within(1e-12));
        assertThat(Sharpness.rho(0.1, 0.6, 0.0015, 0.003)).isCloseTo(0.35, within(1e-12));
        assertThat(Sharpness.rho(0.1, 0.6, 0, 0.003)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void shouldShortenLongGradientsOnly() {
        try (PointerScope scope = new PointerScope()) {
            fillGradient(1);
            double norm = weights.gradient().norm().item_double();

            assertThat(new GradientClip(norm * 2).apply(weights)).isCloseTo(norm, within(1e-6));
            assertThat(weights.gradient().norm().item_double()).isCloseTo(norm, within(1e-6));

            new GradientClip(1).apply(weights);
            assertThat(weights.gradient().norm().item_double()).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void shouldAverageTheWeights() {
        assertThat(PolyakAverage.factor(0, 0.9999)).isZero();
        assertThat(PolyakAverage.factor(7, 0.9999)).isCloseTo(0.75, within(1e-12));
        assertThat(PolyakAverage.factor(100_000_000, 0.9999)).isEqualTo(0.9999);

        try (PointerScope scope = new PointerScope();
                PolyakAverage polyak = new PolyakAverage(weights, 0.5)) {
            Tensor start = weights.flat().clone();
            polyak.update(0);
            weights.flat().zero_();

            polyak.update(1_000);

            assertThat(polyak.average()
                            .sub(start.mul(new org.bytedeco.pytorch.Scalar(0.5)))
                            .norm()
                            .item_double())
                    .isLessThan(1e-5);
        }
    }

    private void fillGradient(int seed) {
        Random random = new Random(seed);
        float[] values = new float[(int) weights.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        FloatPointer data = weights.gradient().data_ptr_float();
        data.put(values);
    }

    private double distance(Tensor other) {
        try (AutoGradMode constant = new AutoGradMode(false)) {
            return weights.flat().sub(other).abs().max().item_double();
        }
    }
}
