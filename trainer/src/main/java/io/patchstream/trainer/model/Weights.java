package io.patchstream.trainer.model;

import io.patchstream.trainer.model.ParameterLayout.Entry;
import io.patchstream.trainer.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A model's parameters in libtorch's memory: one flat float32 vector and one flat gradient, of which each parameter and its
 * gradient are windows. Optimiser, clipping and averaging are then a handful of operations on whole vectors, and their
 * state is a few arrays. Parameters that decay come first.
 *
 * <p>Owns its native memory: {@link #close()} frees it. Used by one thread at a time.
 */
public final class Weights implements AutoCloseable {
    private final ParameterLayout layout;
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private final Map<String, Tensor> windows = new LinkedHashMap<>();
    private final Tensor flat;
    private final Tensor gradient;
    private final long decaying;
    private boolean closed;

    /** The parameters of a model alone. */
    public Weights(ModelConfig config, Map<String, HostTensor> values) {
        this(ParameterLayout.of(config), values);
    }

    /** Takes native memory for all parameters and copies {@code values} into it. */
    public Weights(ParameterLayout layout, Map<String, HostTensor> values) {
        this.layout = layout;
        long offset = 0;
        for (Entry entry : byDecay(true)) {
            offsets.put(entry.name(), offset);
            offset += entry.count();
        }
        this.decaying = offset;
        for (Entry entry : byDecay(false)) {
            offsets.put(entry.name(), offset);
            offset += entry.count();
        }
        try (PointerScope scope = new PointerScope();
                AutoGradMode constant = new AutoGradMode(false)) {
            flat = torch.zeros(offset).retainReference();
            gradient = torch.zeros(offset).retainReference();
            for (Entry entry : layout.entries()) {
                Tensor window = window(flat, entry).detach().set_requires_grad(true);
                window.mutable_grad().put(window(gradient, entry));
                windows.put(entry.name(), window.retainReference());
            }
        }
        load(values);
    }

    private Iterable<Entry> byDecay(boolean decays) {
        Stream<Entry> matching =
                layout.entries().stream().filter(entry -> entry.role().decays() == decays);
        return matching::iterator;
    }

    private Tensor window(Tensor vector, Entry entry) {
        return vector.narrow(0, offsets.get(entry.name()), entry.count()).reshape(entry.shape());
    }

    /** The names of all parameters, in the layout's order. */
    public List<String> names() {
        return layout.entries().stream().map(Entry::name).toList();
    }

    /** The part of {@code vector}, laid out as {@link #flat()}, that belongs to a parameter: a view of one dimension. */
    public Tensor window(Tensor vector, String name) {
        return vector.narrow(0, offsets.get(name), entry(name).count());
    }

    private Entry entry(String name) {
        return layout.entries().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the model has no parameter " + name));
    }

    /** The names of the weights between two layers of the model: kernels and filters of more than one output, without the head. */
    public List<String> hiddenMatrices() {
        return layout.entries().stream()
                .filter(entry -> entry.role().hidden() && entry.shape()[0] > 1)
                .map(Entry::name)
                .toList();
    }

    /** As {@link #window}, as a matrix {@code [out, in]}; a filter's inputs are its channels and places. */
    public Tensor matrix(Tensor vector, String name) {
        return window(vector, name).reshape(entry(name).shape()[0], -1);
    }

    /** Which parameters the gradient tape follows from now on; the gradients of the others stay 0. */
    public void learn(Predicate<String> trainable) {
        windows.forEach((name, window) -> window.set_requires_grad(trainable.test(name)));
    }

    /** Whether the model has a parameter of this name. */
    boolean has(String name) {
        return windows.containsKey(name);
    }

    /** The parameter of this name, as {@link #get}; null where the model has none. */
    Tensor find(String name) {
        return windows.get(name);
    }

    /** The parameter of this name; a leaf of the gradient tape, owned by this object. */
    Tensor get(String name) {
        Tensor window = windows.get(name);
        if (window == null) {
            throw new IllegalArgumentException("the model has no parameter " + name);
        }
        return window;
    }

    /** All parameters, {@code [count]}; owned by this object, written in place by the optimiser. */
    public Tensor flat() {
        return flat;
    }

    /** The gradient of {@link #flat()}, {@code [count]}; owned by this object. */
    public Tensor gradient() {
        return gradient;
    }

    /** How many leading elements of {@link #flat()} weight decay applies to. */
    public long decaying() {
        return decaying;
    }

    /** Number of parameters. */
    public long count() {
        return layout.count();
    }

    /** A copy in Java memory, by name. */
    public Map<String, HostTensor> toHost() {
        return toHost(flat);
    }

    /**
     * A copy in Java memory of another vector with this layout, such as an average.
     *
     * @param vector float32 {@code [count]}, contiguous
     */
    public Map<String, HostTensor> toHost(Tensor vector) {
        Map<String, HostTensor> parameters = new LinkedHashMap<>();
        try (PointerScope scope = new PointerScope()) {
            FloatPointer data = vector.data_ptr_float();
            for (Entry entry : layout.entries()) {
                float[] values = new float[Math.toIntExact(entry.count())];
                data.position(offsets.get(entry.name())).get(values);
                parameters.put(entry.name(), new HostTensor(entry.shape(), values));
            }
        }
        return parameters;
    }

    /**
     * Overwrites all parameters.
     *
     * @throws IllegalArgumentException when one is missing, has another shape, or is not the model's; the message names it
     */
    public void load(Map<String, HostTensor> values) {
        load(values, flat);
    }

    /** Overwrites another vector with this layout, such as an average. */
    public void load(Map<String, HostTensor> values, Tensor vector) {
        for (String name : values.keySet()) {
            if (!offsets.containsKey(name)) {
                throw new IllegalArgumentException("the model has no parameter " + name);
            }
        }
        try (PointerScope scope = new PointerScope()) {
            FloatPointer data = vector.data_ptr_float();
            for (Entry entry : layout.entries()) {
                HostTensor value = values.get(entry.name());
                if (value == null || !java.util.Arrays.equals(value.shape(), entry.shape())) {
                    throw new IllegalArgumentException("parameter " + entry.name() + " is "
                            + (value == null ? "missing" : java.util.Arrays.toString(value.shape()))
                            + "; this model takes "
                            + java.util.Arrays.toString(entry.shape()));
                }
                data.position(offsets.get(entry.name())).put(value.values());
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            windows.values().forEach(Tensor::releaseReference);
            gradient.releaseReference();
            flat.releaseReference();
        }
    }
}
