package io.patchstream.trainer.export;

import io.patchstream.trainer.tensor.HostTensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A model's tensors by timm's names. What is asked for must be there in the right shape; what is not asked for is an error. */
final class Parameters {
    private final Map<String, HostTensor> tensors;
    private final Set<String> taken = new HashSet<>();

    Parameters(Map<String, HostTensor> tensors) {
        this.tensors = tensors;
    }

    /**
     * @throws ExportException when it is missing or of another shape
     */
    HostTensor get(String name, long... shape) {
        HostTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new ExportException("the model lacks the parameter " + name + " " + Arrays.toString(shape)
                    + ": its configuration and its weights do not belong together");
        }
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new ExportException("parameter " + name + " is " + Arrays.toString(tensor.shape())
                    + "; the configuration wants " + Arrays.toString(shape));
        }
        taken.add(name);
        return tensor;
    }

    /** A dense layer's kernel {@code [out, in]} as MatMul wants it: {@code [in, out]}. */
    HostTensor kernel(String name, int out, int in) {
        float[] from = get(name, out, in).values();
        float[] to = new float[from.length];
        for (int row = 0; row < out; row++) {
            for (int column = 0; column < in; column++) {
                to[column * out + row] = from[row * in + column];
            }
        }
        return HostTensor.of(to, in, out);
    }

    /**
     * @throws ExportException when a parameter was never asked for: the graph would not be the model
     */
    void requireAllTaken() {
        Set<String> left = new TreeSet<>(tensors.keySet());
        left.removeAll(taken);
        if (!left.isEmpty()) {
            throw new ExportException("the configuration has no place for the parameters " + left);
        }
    }
}
