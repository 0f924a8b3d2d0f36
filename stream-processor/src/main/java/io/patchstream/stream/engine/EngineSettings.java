package io.patchstream.stream.engine;

import static java.util.Objects.requireNonNull;

import io.patchstream.stream.decode.Isolation;
import io.patchstream.stream.infer.Accelerator;
import io.patchstream.stream.infer.ModelKeys;
import io.patchstream.stream.infer.ModelNeeds;
import io.patchstream.stream.infer.Provider;
import io.patchstream.stream.infer.SessionSettings;
import io.patchstream.vision.DecodeScale;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an engine is made. {@link #defaults()} suits the machine; the {@code with} methods change one thing.
 *
 * @param provider which device the model runs on
 * @param inferThreads how many threads run batches; 0 lets the device decide: as many as there are cores on a CPU, three
 *     on a GPU
 * @param intraOpThreads how many threads work on one batch on a CPU; 0 lets the saved profile decide, and is 1 without one
 * @param decodeThreads how many threads decode; 0 lets the machine decide
 * @param minBatch the smallest batch that is gathered for
 * @param maxBatch the largest batch; how large they are in fact is learned
 * @param learning whether batch sizes go on being learned while frames flow
 * @param maxDelay how long a picture waits for company that is on its way
 * @param latencyTarget from a decoded picture to its answer; batches are sized and deferred to keep it; 0 is none: the
 *     highest throughput
 * @param deadline how long a frame may go without any progress before the engine is taken for dead
 * @param queueBytes how much memory decoded pictures may take
 * @param goldenRequired whether a model without golden frames is refused
 * @param decodeScale how much of a JPEG's resolution is decoded; all but FULL are cheaper and inexact
 * @param isolation how decoders' processes are kept; empty to decode in this one
 * @param topK how many labels an answer has
 * @param accelerator what the device needs to be told
 * @param keys who must have signed a model
 * @param needs what a model must tell besides its answers
 */
public record EngineSettings(
        Provider provider,
        int inferThreads,
        int intraOpThreads,
        int decodeThreads,
        int minBatch,
        int maxBatch,
        boolean learning,
        Duration maxDelay,
        Duration latencyTarget,
        Duration deadline,
        long queueBytes,
        boolean goldenRequired,
        DecodeScale decodeScale,
        Optional<Isolation> isolation,
        int topK,
        Accelerator accelerator,
        ModelKeys keys,
        ModelNeeds needs) {

    public EngineSettings {
        requireNonNull(provider, "provider");
        requireNonNull(decodeScale, "decodeScale");
        requireNonNull(isolation, "isolation");
        requireNonNull(accelerator, "accelerator");
        requireNonNull(keys, "keys");
        requireNonNull(needs, "needs");
        atLeast("inferThreads", inferThreads, 0);
        atLeast("intraOpThreads", intraOpThreads, 0);
        atLeast("decodeThreads", decodeThreads, 0);
        atLeast("minBatch", minBatch, 1);
        atLeast("maxBatch", maxBatch, minBatch);
        atLeast("queueBytes", queueBytes, 1);
        atLeast("topK", topK, 1);
        if (latencyTarget.isNegative()) {
            throw new IllegalArgumentException("latencyTarget is " + latencyTarget + "; it must be 0 (none) or more");
        }
        if (maxDelay.isNegative() || deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("maxDelay is " + maxDelay + " and deadline is " + deadline
                    + "; the first must not be negative, the second must be above zero");
        }
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }

    /** What suits most: the device decides on threads and batches, pixels are exact, five labels. */
    public static EngineSettings defaults() {
        return new EngineSettings(
                Provider.AUTO,
                0,
                0,
                0,
                1,
                64,
                true,
                Duration.ofMillis(4),
                Duration.ZERO,
                Duration.ofSeconds(20),
                64L << 20,
                true,
                DecodeScale.FULL,
                Optional.empty(),
                5,
                Accelerator.NONE,
                ModelKeys.NONE,
                ModelNeeds.NONE);
    }

    /** On a device. */
    public EngineSettings on(Provider device) {
        return with(draft -> draft.provider = device);
    }

    /** With a number of labels. */
    public EngineSettings withTopK(int labels) {
        return with(draft -> draft.topK = labels);
    }

    /** With numbers of threads; 0 lets the machine decide. */
    public EngineSettings withThreads(int infer, int decode) {
        return with(draft -> {
            draft.inferThreads = infer;
            draft.decodeThreads = decode;
        });
    }

    /** With a number of threads for one batch. */
    public EngineSettings withIntraOpThreads(int threads) {
        return with(draft -> draft.intraOpThreads = threads);
    }

    /** With a largest batch. */
    public EngineSettings withMaxBatch(int pictures) {
        return with(draft -> draft.maxBatch = pictures);
    }

    /** With a smallest batch. */
    public EngineSettings withMinBatch(int pictures) {
        return with(draft -> draft.minBatch = pictures);
    }

    /** With a longest wait for company. */
    public EngineSettings withMaxDelay(Duration time) {
        return with(draft -> draft.maxDelay = time);
    }

    /** With batch sizes that go on being learned, or that stay as they are measured at the start. */
    public EngineSettings withLearning(boolean learn) {
        return with(draft -> draft.learning = learn);
    }

    /** With a time that a frame may go without progress. */
    public EngineSettings withDeadline(Duration time) {
        return with(draft -> draft.deadline = time);
    }

    /** With or without golden frames. */
    public EngineSettings withGoldenRequired(boolean required) {
        return with(draft -> draft.goldenRequired = required);
    }

    /** With keys, by one of which a model must be signed. */
    public EngineSettings withKeys(ModelKeys signers) {
        return with(draft -> draft.keys = signers);
    }

    /** With what a model must tell besides its answers. */
    public EngineSettings withNeeds(ModelNeeds asked) {
        return with(draft -> draft.needs = asked);
    }

    /** What a session is made by. */
    SessionSettings session() {
        return new SessionSettings(
                provider,
                intraOpThreads,
                goldenRequired,
                topK,
                decodeScale,
                accelerator.withMaxBatch(maxBatch),
                keys,
                needs);
    }

    private EngineSettings with(Consumer<Draft> change) {
        Draft draft = new Draft();
        change.accept(draft);
        return new EngineSettings(
                draft.provider,
                draft.inferThreads,
                draft.intraOpThreads,
                draft.decodeThreads,
                draft.minBatch,
                draft.maxBatch,
                draft.learning,
                draft.maxDelay,
                latencyTarget,
                draft.deadline,
                queueBytes,
                draft.goldenRequired,
                decodeScale,
                isolation,
                draft.topK,
                accelerator,
                draft.keys,
                draft.needs);
    }

    /** What the {@code with} methods may change, as it is now. */
    private final class Draft {
        private Provider provider = EngineSettings.this.provider;
        private int inferThreads = EngineSettings.this.inferThreads;
        private int intraOpThreads = EngineSettings.this.intraOpThreads;
        private int decodeThreads = EngineSettings.this.decodeThreads;
        private int minBatch = EngineSettings.this.minBatch;
        private int maxBatch = EngineSettings.this.maxBatch;
        private boolean learning = EngineSettings.this.learning;
        private Duration maxDelay = EngineSettings.this.maxDelay;
        private Duration deadline = EngineSettings.this.deadline;
        private boolean goldenRequired = EngineSettings.this.goldenRequired;
        private int topK = EngineSettings.this.topK;
        private ModelKeys keys = EngineSettings.this.keys;
        private ModelNeeds needs = EngineSettings.this.needs;
    }
}
